import Glibc
import Platform

/// A yes/no question on the terminal.
package enum Question {
    /// Asks on standard error and reads the answer: true for `yes` or `y`. Ctrl-C and end of input mean no.
    package static func confirm(_ question: String) -> Bool {
        Output.write(question, to: 2)
        var answer: [UInt8] = [], byte: UInt8 = 0
        while answer.count < 64 {
            // Ctrl-C ends the wait; that is a no.
            guard Waiting.forInput(0), read(0, &byte, 1) == 1 else {
                Output.write("\n", to: 2)
                return false
            }
            if byte == 0x0A || byte == 0x0D { break }
            answer.append(byte)
        }
        let word = String(decoding: answer, as: UTF8.self).lowercased().filter { !$0.isWhitespace }
        return word == "yes" || word == "y"
    }
}
