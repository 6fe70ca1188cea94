import Model

/// Every form of answers. This is the only list of them.
public enum AnswerForms {
    /// Forms that are drawn for people.
    static let pictures: [PictureForm] = [
        .bars, .columns, .line, .stack, .heatmap, .histogram, .scatter, .spark, .table, .record,
    ]
    /// Forms that other programs read.
    static let exports: [ExportFormat] = [.csv, .tsv, .json, .ndjson, .markdown]

    /// All of them, in the order in which they are listed.
    public static let all = pictures.map(\.form) + exports.map(\.form)
    /// The words behind `as`.
    public static let names = all.map(\.name)
}
