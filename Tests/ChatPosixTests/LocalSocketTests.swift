import Glibc
import Testing

@testable import ChatPosix

extension PosixTests {
  @Suite struct LocalSocketTests {
    let path: String

    init() throws {
      var name = Array("/tmp/local-XXXXXX".utf8CString)
      #expect(mkdtemp(&name) != nil)
      path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    @Test func aDirectoryIsThisUsersAndNobodyElseWritesInIt() throws {
      defer { rmdir(path) }
      try OwnDirectory.open(path).close()
      for (mode, isSafe) in [(0o700, true), (0o755, true), (0o770, false), (0o702, false)] {
        chmod(path, mode_t(mode))
        if isSafe {
          try OwnDirectory.open(path).close()
        } else {
          #expect(throws: OwnDirectory.Fault.exposed) { try OwnDirectory.open(path) }
        }
      }
      chmod(path, 0o700)
      #expect(throws: OwnDirectory.Fault.missing) { try OwnDirectory.open(path + "/none") }
      #expect(throws: OwnDirectory.Fault.notDirectory) { try OwnDirectory.open("/dev/null") }
      #expect(symlink(path, path + "-link") == 0)
      defer { unlink(path + "-link") }
      #expect(throws: OwnDirectory.Fault.notDirectory) { try OwnDirectory.open(path + "-link") }
      if getuid() == 0 {
        chown(path, 65_534, 65_534)
        #expect(throws: OwnDirectory.Fault.notOwn) { try OwnDirectory.open(path) }
      }
    }

    @Test func aLivingSocketKeepsItsNameAndADeadOneDoesNot() throws {
      let directory = try OwnDirectory.open(path)
      defer {
        directory.close()
        unlink(path + "/name")
        rmdir(path)
      }
      let first = try #require(try LocalSocket.listen(in: directory, as: "name"))
      #expect(try LocalSocket.listen(in: directory, as: "name") == nil)
      // Who tried, is gone by now.
      while let caller = try first.accept() { caller.close() }
      first.close()
      let second = try #require(try LocalSocket.listen(in: directory, as: "name"))
      guard case .connected(let caller) = try LocalSocket.connect(in: directory, to: "name")
      else { throw TimedOut() }
      _ = try ready(second.descriptor)
      let accepted = try #require(try second.accept())
      #expect(try second.accept() == nil)
      for end in [caller, accepted] {
        #expect(try end.peerCredentials() == PeerCredentials(process: getpid(), user: geteuid()))
        #expect(try end.peerCredentials().isOwn)
        end.close()
      }
      second.remove("name", from: directory)
      second.close()
      #expect(throws: SystemCallError(call: "connect", errno: .noSuchFileOrDirectory)) {
        try LocalSocket.connect(in: directory, to: "name")
      }
    }

    @Test func whatIsNoSocketIsLeftAlone() throws {
      let directory = try OwnDirectory.open(path)
      defer {
        directory.close()
        unlink(path + "/name")
        rmdir(path)
      }
      let file = try FileDescriptor.open(
        path + "/name", .writeOnly, options: .create, permissions: .ownerReadWrite)
      file.closeOnce()
      #expect(throws: SystemCallError(call: "bind", errno: .addressInUse)) {
        try LocalSocket.listen(in: directory, as: "name")
      }
      #expect(access(path + "/name", F_OK) == 0)
    }

    @Test func aDirectoryMayHaveALongPath() throws {
      let long = path + "/" + String(repeating: "d", count: 200)
      mkdir(long, 0o700)
      let directory = try OwnDirectory.open(long)
      defer {
        directory.close()
        unlink(long + "/name")
        rmdir(long)
        rmdir(path)
      }
      try #require(try LocalSocket.listen(in: directory, as: "name")).close()
    }
  }
}
