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
          let file = try PrivateFile.open(FilePath("\(directory)/file"), beginning: [])
          try file.makePrivate()
          try file.append(Array("one\n".utf8))
          isPrivate = Self.mode("\(directory)/file") == 0o600
        }
        return isPrivate
      }
      #expect(status == .exited(0))
    }

    /// Bits for others, and another name: refused, and left as it was.
    @Test(arguments: [0o604, 0o640, 0o620, 0o601, 0o600] as [mode_t])
    func whatOthersCanReachIsRefusedAndNotChanged(mode: mode_t) throws {
      try Self.inDirectory { directory in
        let path = "\(directory)/file"
        let text = try FileDescriptor.open(
          FilePath(path), .writeOnly, options: .create, permissions: .ownerReadWrite)
        try text.writeAll("words\n")
        text.closeOnce()
        try #require(chmod(path, mode) == 0)
        if mode == 0o600 { try #require(link(path, "\(directory)/link") == 0) }
        do throws(PrivateFileError) {
          _ = try PrivateFile.open(FilePath(path), beginning: Array("words".utf8))
          Issue.record("it was opened")
        } catch {
          switch error {
          case .exposed: #expect(mode != 0o600)
          case .linked: #expect(mode == 0o600)
          default: Issue.record("\(error)")
          }
        }
        #expect(Self.mode(path) == mode)
        // Another program's is not ours to judge.
        let file = try PrivateFile.open(FilePath(path), beginning: Array("# lines".utf8))
        #expect(try file.size() == 6)
        #expect(try file.read(from: 2, count: 100) == Array("rds\n".utf8))
        #expect(Self.mode(path) == mode)
      }
    }

    @Test func whereOthersCanPutAnotherFileNoneIsMade() throws {
      try Self.inDirectory { directory in
        let path = FilePath("\(directory)/file")
        try #require(symlink("\(directory)/file", "\(directory)/link") == 0)
        for (mode, name) in [(0o777, path), (0o770, path), (0o777, FilePath("\(directory)/link"))] {
          try #require(chmod(directory, mode_t(mode)) == 0)
          do throws(PrivateFileError) {
            _ = try PrivateFile.open(name, beginning: [])
            Issue.record("it was opened")
          } catch {
            guard case .exposedDirectory = error else {
              Issue.record("\(error)")
              continue
            }
          }
        }
        #expect(access("\(directory)/file", F_OK) != 0)
        // As /tmp is.
        try #require(chmod(directory, 0o1777) == 0)
        _ = try PrivateFile.open(path, beginning: [])
      }
    }

    @Test func whatIsNoFileIsRefusedAtOnce() throws {
      try Self.inDirectory { directory in
        try #require(mkfifo("\(directory)/pipe", 0o600) == 0)
        for path in ["/dev/null", "\(directory)/pipe"] {
          do throws(PrivateFileError) {
            _ = try PrivateFile.open(FilePath(path), beginning: [])
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
        let first = try PrivateFile.open(path, beginning: [])
        try first.lock()
        let second = try PrivateFile.open(path, beginning: [])
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
          let file = try PrivateFile.open(FilePath("\(directory)/file"), beginning: [])
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
