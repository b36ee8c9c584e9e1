import Glibc
import SystemPackage
import Testing

@testable import ChatPosix

extension PosixTests {
  /// A file to keep words in.
  @Suite struct PrivateFileTests {
    /// A directory of its own, gone afterwards.
    private static func inDirectory(_ body: (String) throws -> Void) throws {
      var name = Array("/tmp/private-file-XXXXXX".utf8CString)
      try #require(mkdtemp(&name) != nil)
      let directory = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
      defer {
        for file in ["file", "link", "pipe"] { unlink("\(directory)/\(file)") }
        rmdir(directory)
      }
      try body(directory)
    }

    private static func mode(_ path: String) -> mode_t {
      var status = stat()
      return stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    @Test(arguments: [0o000, 0o022, 0o777] as [mode_t])
    func itIsTheUsersAloneWhateverTheUmask(mask: mode_t) throws {
      let status = try inChild {
        var isPrivate = false
        try Self.inDirectory { directory in
          umask(mask)
          let file = try PrivateFile.open(FilePath("\(directory)/file"))
          try file.makePrivate()
          try file.append(Array("one\n".utf8))
          isPrivate = Self.mode("\(directory)/file") == 0o600
        }
        return isPrivate
      }
      #expect(status == .exited(0))
    }

    @Test func openingChangesNothing() throws {
      try Self.inDirectory { directory in
        let path = "\(directory)/file"
        let text = try FileDescriptor.open(
          FilePath(path), .writeOnly, options: .create, permissions: [.ownerReadWrite, .otherRead])
        try text.writeAll("words\n")
        text.closeOnce()
        let file = try PrivateFile.open(FilePath(path))
        #expect(try file.size() == 6)
        #expect(try file.read(from: 2, count: 100) == Array("rds\n".utf8))
        #expect(Self.mode(path) == 0o604)
      }
    }

    @Test func whatIsNoFileIsRefusedAtOnce() throws {
      try Self.inDirectory { directory in
        try #require(mkfifo("\(directory)/pipe", 0o600) == 0)
        for path in ["/dev/null", "\(directory)/pipe"] {
          do throws(PrivateFileError) {
            _ = try PrivateFile.open(FilePath(path))
            Issue.record("\(path) was opened")
          } catch {
            guard case .notRegular = error else {
              Issue.record("\(path): \(error)")
              continue
            }
          }
        }
      }
    }

    @Test func aLockIsOneFilesAndOneOpenings() throws {
      try Self.inDirectory { directory in
        let path = FilePath("\(directory)/file")
        let first = try PrivateFile.open(path)
        try first.lock()
        let second = try PrivateFile.open(path)
        do throws(PrivateFileError) {
          try second.lock()
          Issue.record("it was locked twice")
        } catch {
          guard case .inUse = error else {
            Issue.record("\(error)")
            return
          }
        }
        first.descriptor.closeOnce()
        try second.lock()
      }
    }

    #if DEBUG
      /// The disk takes some of it and then no more: nothing stays.
      @Test func whatFindsNoRoomIsNotThere() throws {
        try Self.inDirectory { directory in
          let file = try PrivateFile.open(FilePath("\(directory)/file"))
          try file.append(Array("one\n".utf8))
          try SystemCallScript.run([("write", .moves(2)), ("write", .fails(.noSpace))]) {
            script in
            #expect(throws: SystemCallError(call: "write", errno: .noSpace)) {
              try file.append(Array("two\n".utf8))
            }
            #expect(script.remaining == 0)
          }
          #expect(try file.read(from: 0, count: 100) == Array("one\n".utf8))
        }
      }
    #endif
  }
}
