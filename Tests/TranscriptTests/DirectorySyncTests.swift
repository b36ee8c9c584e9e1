import CSQLite
import ChatCore
import Glibc
import Testing

@testable import Transcript

/// When a commit flushes the log's directory too. SQLite's calls are one set a
/// process, so each case has a process of its own.
@Suite struct DirectorySyncTests {
  @Test func aLogThatIsKnownToBeNamedIsSparedTheDirectory() async {
    await #expect(processExitsWith: .success) {
      let scratch = Scratch()
      let keeper = try TranscriptWriter(path: scratch.path)
      _ = try keeper.startRun(.sample(), at: .ms(1))
      precondition(syncsDirectories())
      let log = keeper.namedLog
      precondition(log != nil)
      let other = try TranscriptWriter(path: scratch.path, durableLog: log)
      precondition(!syncsDirectories())
      try talk(other, ["hi"])
      let events = try TranscriptReader(path: scratch.path).events(conversation: 1)
      precondition(events.count == 3)
    }
  }

  @Test func anyOtherLogIsNot() async {
    await #expect(processExitsWith: .success) {
      let scratch = Scratch()
      let keeper = try TranscriptWriter(path: scratch.path)
      _ = try keeper.startRun(.sample(), at: .ms(1))
      let log = keeper.namedLog
      let elsewhere = Scratch()
      _ = try TranscriptWriter(path: elsewhere.path, durableLog: log)
      precondition(syncsDirectories(), "there is no log yet")
      _ = try TranscriptWriter(path: elsewhere.path, durableLog: log)
      precondition(syncsDirectories(), "it is another log")
    }
  }

  @Test func aTranscriptThatIsBegunAnewIsNot() async {
    await #expect(processExitsWith: .success) {
      let scratch = Scratch()
      let keeper = try TranscriptWriter(path: scratch.path)
      _ = try keeper.startRun(.sample(), at: .ms(1))
      let conversation = try TranscriptWriter(path: scratch.path, durableLog: keeper.namedLog)
      precondition(!syncsDirectories())
      unlink(scratch.path)
      let log = keeper.namedLog
      let late = try TranscriptWriter(path: scratch.path, durableLog: log)
      precondition(syncsDirectories(), "the log went with its database")
      _ = try TranscriptWriter(path: scratch.path, durableLog: late.namedLog)
      try conversation.reopen()
      precondition(syncsDirectories(), "the log is another since")
    }
  }
}

/// Whether SQLite would open a directory to sync it.
private func syncsDirectories() -> Bool {
  guard let vfs = sqlite3_vfs_find(nil),
    let call = vfs.pointee.xGetSystemCall(vfs, "openDirectory")
  else { preconditionFailure("this SQLite has no such call") }
  typealias OpenDirectory =
    @convention(c) (UnsafePointer<CChar>, UnsafeMutablePointer<Int32>) ->
    Int32
  var descriptor: Int32 = -1
  let code = unsafeBitCast(call, to: OpenDirectory.self)("/tmp/.", &descriptor)
  if descriptor >= 0 { close(descriptor) }
  return code == SQLITE_OK
}
