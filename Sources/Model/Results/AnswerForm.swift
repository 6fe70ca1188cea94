/// A form of answers: the word behind `as`. The checker, completion, help and the command line read it; who draws the form
/// declares it.
public struct AnswerForm: Hashable, Sendable {
    /// What a query must ask for to be shown in a form.
    public enum Need: Hashable, Sendable {
        case nothing
        /// Groups, `by FIELD`.
        case groups
        /// Buckets of time, `every D`.
        case buckets
        case groupsAndBuckets
        /// Two fields, or one and buckets.
        case grid
        /// A listing of two numbers.
        case points
    }

    public let name: String
    /// One line for people.
    public let meaning: String
    public let need: Need
    /// True for data that other programs read.
    public let isData: Bool
    /// Endings of the names of files in this form, such as `.csv`.
    public let endings: [String]

    /// Makes a form.
    public init(_ name: String, _ meaning: String, needs need: Need = .nothing, isData: Bool = false, endings: [String] = []) {
        (self.name, self.meaning, self.need, self.isData, self.endings) = (name, meaning, need, isData, endings)
    }
}
