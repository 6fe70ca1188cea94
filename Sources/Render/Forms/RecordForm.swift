import Model

extension PictureForm {
    /// Each row by itself, a line a value: for rows of many columns or of long texts.
    static let record = PictureForm(AnswerForm("record", "each row as a record, one line a value")) { choice in
        var options = TableOptions()
        (options.asRecords, options.numbersRows) = (true, true)
        options.keys = choice.labelled.keys
        return .fits((TablePicture(table: choice.labelled.answer.table, options: options), []))
    }
}
