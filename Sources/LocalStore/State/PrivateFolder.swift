import Glibc
import Ingest
import SQLite

/// A folder under a name that nobody can foresee, for files that are not finished yet; gone with this value.
package final class PrivateFolder {
    package let path: String

    /// Makes the folder beside a file, on the same file system.
    package init(beside file: String) throws(StoreError) {
        var template = Array((file + ".XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw .unusable(path: file, reason: String(cString: strerror(errno)).lowercased())
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        if let directory = opendir(path) {
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { unlink(file(name)) }
            }
            closedir(directory)
        }
        rmdir(path)
    }

    /// The path of a file in it.
    package func file(_ name: String) -> String { path + "/" + name }

    /// Gives a finished file, safely on the disk and readable by its owner only, its name outside; false when something has that name already.
    func publish(_ name: String, as target: String) throws(StoreError) -> Bool {
        func failure() -> StoreError { .unusable(path: target, reason: String(cString: strerror(errno)).lowercased()) }
        do {
            let written = try InputFile(path: file(name))
            guard fchmod(written.descriptor, 0o600) == 0, fsync(written.descriptor) == 0 else { throw failure() }
        } catch let error as StoreError { throw error } catch { throw failure() }
        // A second name, not another one: it is refused where a name is taken.
        if link(file(name), target) == 0 { return true }
        if errno == EEXIST { return false }
        // Where the file system has no second names.
        guard access(target, F_OK) != 0 else { return false }
        guard rename(file(name), target) == 0 else { throw failure() }
        return true
    }
}
