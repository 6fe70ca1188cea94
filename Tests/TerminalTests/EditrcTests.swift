import Testing

@Suite(".editrc")
struct EditrcTests {
    @Test("bindings for this program apply, those for others do not")
    func bindings() throws {
        let probe = try Probe(prepare: { home in
            writeFile(home + "/.editrc", Array("faultline:bind -s ^T typed\nother:bind -s ^Y wrong\n".utf8))
        })
        try probe.enter("\u{14}", gives: "<typed>")
    }

    @Test("with vi keys, completion, continuation and search still work")
    func viKeys() throws {
        let probe = try Probe(prepare: { home in writeFile(home + "/.editrc", Array("bind -v\n".utf8)) })
        try probe.type("mis\t")
        try probe.session.expect("large ")
        try probe.session.send("a,\r")
        try probe.session.expect("  ...> ")
        // Escape leaves insert mode, `0` moves to the start, `x` deletes there.
        try probe.session.send("b\u{1B}0x\r")
        probe.session.settle()
        try probe.session.expect("<istral-large a,|b>")
        #expect(!probe.session.screenText.contains("2004"))
    }

    @Test("with editing off, an incomplete cell still continues")
    func editingOff() throws {
        let probe = try Probe(prepare: { home in writeFile(home + "/.editrc", Array("edit off\n".utf8)) })
        try probe.session.expect("probe>")
        try probe.session.send("a,\r")
        try probe.session.expect("  ...> ")
        try probe.session.send("b\r")
        try probe.session.expect("<a,|b>")
    }
}
