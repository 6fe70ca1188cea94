/// A format that can be imported: its name, how its files are recognised, and who reads them.
///
/// A format is declared once, in the file of its reader, and named once, in `SourceFormat.allCases`. Recognition, reading, help,
/// the README and the tests follow from these two.
public struct SourceFormat: Sendable, Hashable, CustomStringConvertible {
    /// The name that reports and `sources` show, such as `otlpTraces`.
    public let name: String
    /// One line for people.
    public let summary: String
    /// The forms in which its files come; a database has none.
    let forms: [SourceForm]

    init(_ name: String, _ summary: String, forms: [SourceForm]) {
        self.name = name
        self.summary = summary
        self.forms = forms
    }

    /// The name.
    public var description: String { name }

    public static func == (a: SourceFormat, b: SourceFormat) -> Bool { a.name == b.name }

    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    /// A database, whose schema is recognised by the store.
    public static let sqlite = SourceFormat("sqlite", "SQLite database", forms: [])
}

/// One form in which files of a format come.
struct SourceForm: Sendable {
    /// True for the first object of such a source.
    var isObject: @Sendable (JSONShape) -> Bool = { _ in false }
    /// True for the header of such a source in CSV.
    var isHeader: @Sendable ([String]) -> Bool = { _ in false }
    /// Members of an object whose array is walked element by element, so that a document need not fit into memory.
    var wrappers: [StaticString] = []
    /// True when other programs' plain lines stand between the objects; they are passed over, not told.
    var hasPlainLines = false
    /// True when later lines complete what earlier ones tell, so that a part of a file cannot be read by itself.
    var needsWhole = false
    /// Makes the reader.
    let reader: @Sendable () -> any ValueReader
    /// Makes the reader of tables, where they are not read as objects.
    var csvReader: (@Sendable () -> any CSVRowReader)?
}
