import Glibc
import Testing

@testable import ChatPosix

extension PosixTests {
  @Suite struct FileLockTests {
    let one: FileLock
    let other: FileLock

    init() throws {
      let path = FilePath("/tmp/chatposix-lock-\(getpid())-\(UInt64.random(in: 0 ... .max))")
      let options: FileDescriptor.OpenOptions = [.create, .closeOnExec]
      one = FileLock(
        descriptor: try FileDescriptor.open(
          path, .readWrite, options: options, permissions: .ownerReadWrite))
      other = FileLock(descriptor: try FileDescriptor.open(path, .readWrite))
      unlink(path.string)
    }

    private func close() {
      one.descriptor.closeOnce()
      other.descriptor.closeOnce()
    }

    @Test func aByteHasOneHolder() throws {
      defer { close() }
      #expect(try one.tryLock(byte: 5))
      #expect(try !other.tryLock(byte: 5))
      #expect(try other.isHeld(byte: 5))
      #expect(try !one.isHeld(byte: 5))
      #expect(try other.tryLock(byte: 6))
      try one.unlock(byte: 5)
      #expect(try other.tryLock(byte: 5))
    }

    @Test func interruptedWaitsGoOnAndRefusalIsAValue() throws {
      defer { close() }
      try SystemCallScript.run([("fcntl", .fails(.interrupted))]) { _ in
        try one.lock(byte: 1)
      }
      #expect(try other.isHeld(byte: 1))
      try SystemCallScript.run([("fcntl", .fails(.permissionDenied))]) { _ in
        try #require(try !other.tryLock(byte: 2))
      }
    }

    @Test func aDeadProcessHoldsNothing() throws {
      defer { other.descriptor.closeOnce() }
      let child = try startChild {
        try one.lock(byte: 9)
        pause()
        return false
      }
      one.descriptor.closeOnce()
      let deadline = Clock.monotonicMilliseconds() + patience
      while try !other.isHeld(byte: 9), Clock.monotonicMilliseconds() < deadline {}
      #expect(try other.isHeld(byte: 9))
      kill(child, SIGKILL)
      try other.lock(byte: 9)
      #expect(try ChildProcess.wait(for: child) == .signaled(SIGKILL, coreDumped: false))
    }
  }
}
