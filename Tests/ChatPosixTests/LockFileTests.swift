import Glibc
import Testing

@testable import ChatPosix

extension PosixTests {
  @Suite struct LockFileTests {
    /// Runs `body` with the name of a file in a directory of its own.
    private func withName(_ body: (FilePath) throws -> Void) throws {
      var template = Array("/tmp/lock-test-XXXXXX".utf8CString)
      try #require(mkdtemp(&template) != nil)
      let directory = FilePath(platformString: template)
      let path = directory.appending("lock")
      defer {
        unlink(path.string)
        rmdir(directory.string)
      }
      try body(path)
    }

    @Test func theFileIsForThisUserAloneAndMustNotBeALink() throws {
      try withName { path in
        let missing = SystemCallError(call: "open", errno: .noSuchFileOrDirectory)
        #expect(throws: missing) { try LockFile(path, isCreating: false) }
        let mask = umask(0o777)
        defer { umask(mask) }
        _ = try LockFile(path, isCreating: true)
        var status = stat()
        try #require(stat(path.string, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        _ = try LockFile(path, isCreating: true)
        unlink(path.string)
        try #require(symlink("/dev/null", path.string) == 0)
        #expect(throws: SystemCallError(call: "open", errno: .tooManySymbolicLinkLevels)) {
          try LockFile(path, isCreating: true)
        }
      }
    }

    /// Of a contained process that has a transcript the kernel says whose lock it is,
    /// of others not.
    @Test func theHolderIsNamedWhereItIsContained() throws {
      try #require(!Containment.missingLayers().contains(.calls), "no system call filters here")
      try withName { path in
        let reader = try LockFile(path, isCreating: true)
        #expect(try reader.holder(of: 0...9, against: true) == nil)
        for (role, isNamed) in [(Containment.Role.conversation, true), (.client, false)] {
          let pipe = try Pipe.open()
          let directory = path.removingLastComponent()
          let child = try startChild {
            guard let file = try? LockFile(path, isCreating: true),
              Containment(role, directory: directory).apply([.calls]).isEmpty,
              (try? file.tryLock(3...5)) == true,
              (try? file.lockedElsewhere(0...9)) == .some(nil)
            else { return false }
            _ = try? pipe.writeEnd.writeAvailable([1])
            var poller = Poller()
            while true { _ = try? poller.poll([], timeoutMilliseconds: nil) }
          }
          pipe.writeEnd.closeOnce()
          defer {
            pipe.readEnd.closeOnce()
            ChildProcess.kill(child)
            _ = try? ChildProcess.wait(for: child)
          }
          #expect(try read(1, from: pipe.readEnd) == [1])
          #expect(
            try reader.holder(of: 0...9, against: false) == (isNamed ? .process(child) : .unnamed))
          #expect(try reader.holder(of: 0...2, against: true) == nil)
          #expect(try !reader.tryLock(5...5))
        }
      }
    }

    @Test func aLockKeepsOthersOutAndIsSeenByThem() throws {
      try withName { path in
        let one = try LockFile(path, isCreating: true)
        let other = try LockFile(path, isCreating: true)
        let reader = try LockFile(path, isCreating: false)
        #expect(try one.tryLock(3...5))
        #expect(try one.tryLock(3...5))
        #expect(try !other.tryLock(5...9))
        #expect(try other.tryLock(6...9))
        #expect(try one.lockedElsewhere(0...(.max)) == 6...9)
        #expect(try reader.lockedElsewhere(0...(.max)) == 3...5)
        #expect(try reader.lockedElsewhere(0...2) == nil)
        one.unlock(3...4)
        #expect(try reader.lockedElsewhere(0...5) == 5...5)
        #expect(try other.tryLock(3...4))
        // All there is, to the end.
        #expect(try one.tryLock(100...(.max)))
        #expect(try reader.lockedElsewhere(50...(.max)) == 100...(.max))
      }
    }

    @Test func aWaitEndsWithTheLockOrWithTheTime() throws {
      try withName { path in
        let one = try LockFile(path, isCreating: true)
        var other: LockFile? = try LockFile(path, isCreating: true)
        #expect(try other?.tryLock(1...1) == true)
        let start = Clock.monotonic()
        #expect(try !one.lock(1...1, within: .milliseconds(30)))
        #expect(Clock.monotonic() - start >= .milliseconds(30))
        #expect(try !one.lock(1...1, within: .zero))
        other = nil
        #expect(try one.lock(1...1, within: .seconds(20)))
      }
    }

    @Test func aLockIsSharedWithAChildAndGoesWithTheLastOfBoth() throws {
      try withName { path in
        let reader = try LockFile(path, isCreating: true)
        var one: LockFile? = try LockFile(path, isCreating: true)
        #expect(try one?.tryLock(7...7) == true)
        let pair = try SocketPair.open()
        ChildProcess.requiresSingleThread = false
        let child = try ChildProcess.fork {
          pair.other.close()
          // Ends with the end of the line.
          _ = try? ready(pair.one.descriptor)
          return 0
        }
        pair.one.close()
        one = nil
        #expect(try reader.lockedElsewhere(7...7) == 7...7)
        // Not even an unlock waits: the child has it still.
        #expect(try !reader.lock(7...7, within: .milliseconds(10)))
        pair.other.close()
        #expect(try ChildProcess.wait(for: child) == .exited(0))
        #expect(try reader.lock(7...7, within: .seconds(20)))
      }
    }

    @Test func everyLockingCallIsRepeatedAfterASignalAndThrowsTheRest() throws {
      try withName { path in
        let file = try LockFile(path, isCreating: true)
        let calls: [() throws -> Void] = [
          { try #require(try file.tryLock(1...1)) },
          { try #require(try file.lock(1...1, within: .seconds(1))) },
          { try #require(try file.lockedElsewhere(1...1) == nil) },
        ]
        for call in calls {
          try SystemCallScript.run([("fcntl", .fails(.interrupted))]) { script in
            try call()
            #expect(script.remaining == 0)
          }
          try SystemCallScript.run([("fcntl", .fails(.noLocks))]) { _ in
            #expect(throws: SystemCallError(call: "fcntl", errno: .noLocks)) { try call() }
          }
        }
        for errno in [Errno.permissionDenied, .resourceTemporarilyUnavailable] {
          let isTaken = try SystemCallScript.run([("fcntl", .fails(errno))]) { _ in
            try file.tryLock(2...2)
          }
          #expect(!isTaken)
        }
      }
    }
  }
}
