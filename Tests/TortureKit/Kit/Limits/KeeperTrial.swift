import ChatCore
import ChatPosix
import ChatServer
import Glibc
import Harness
import Seeded
import Transcript

/// A keeper that does its work, and is then made to do what whoever took it
/// over by what peers wrote would do.
///
/// It forks, so the process that runs it must have one thread: `torture`.
public enum KeeperTrial {
  /// Messages that wait to be indexed: some steps of the keeper's.
  private static let messages = 1_200

  /// - Returns: what was tried.
  /// - Throws: ``TortureFailure``, what the keeper could do, or could not.
  public static func run() throws -> String {
    var tried: [String] = []
    try Stage.run { stage in
      try write(to: stage.database)
      let secret = stage.home + "/secret"
      close(open(secret, O_CREAT | O_WRONLY, 0o600))
      let settings = ServerSettings(
        port: 0, address: nil, handle: try Handle("SERVER"), mode: .free, idleLimit: nil,
        waitingLimit: 8, database: stage.database, version: "1")
      // Before: a contained process cannot ask what its kernel has.
      let attempts = attempts(secret)
      let pair = try SocketPair.open()
      let keeper = try ChildProcess.fork {
        pair.one.close()
        let run = ServerRun(database: stage.database, settings: settings, port: 1027)
        let status = Keeper.main(socket: pair.other, signer: nil, run: run)
        // It has left its loop, and is what it was.
        return status == 0 ? Int32(attempts.firstIndex { !$0.isBarred() } ?? 0) : 99
      }
      pair.other.close()
      defer { ChildProcess.kill(keeper) }
      let reader = try Connection.forReading(stage.database)
      try Deadline.poll("the index is up to date", within: 60) {
        try !SearchIndex.isBehind(reader)
      }
      pair.one.close()
      let status = try ChildProcess.wait(for: keeper)
      tried = attempts.map(\.name)
      guard case .exited(let number) = status, tried.indices.contains(Int(number)) else {
        throw TortureFailure("the keeper ended with \(status)")
      }
      try hold(number == 0, "the contained keeper may \(tried[Int(number)])")
    }
    return "cannot \(tried.dropFirst().joined(separator: ", "))"
  }

  /// Long messages of many words, so that steps of the index touch many pages.
  private static func write(to database: String) throws {
    var random = SeededRandom(seed: 1)
    let writer = try TranscriptWriter(path: database)
    let run = try writer.startRun(
      RunDescription(pid: 1, bootID: "", version: "1", port: 1, handle: try Handle("SERVER")),
      at: Timestamp(milliseconds: 1))
    let conversation = ConversationWriter(
      writer, run: run, peerAddress: "127.0.0.1", peerPort: 1, mode: .free)
    var entries: [Entry] = [.open, .handle(try Handle("tatyana"), .native)]
    for number in 1...messages {
      let words = (1...60).map { _ in String(UInt32.random(in: 0 ... .max, using: &random)) }
      let text = String(words.joined(separator: " ").prefix(Message.maximumLength))
      entries.append(.message(from: .client, number: number, try Message(text)))
    }
    try conversation.append(entries.map { ($0, Timestamp(milliseconds: 2)) })
  }

  private struct Attempt {
    var name: String
    var isBarred: () -> Bool
  }

  /// The first stands for success in the child's exit status.
  private static func attempts(_ secret: String) -> [Attempt] {
    let missing = Containment.missingLayers()
    let calls = [
      Attempt(name: "start a program") {
        let name = strdup("/bin/true")
        var arguments = [name, nil]
        return execv("/bin/true", &arguments) == -1
      },
      Attempt(name: "fork") { (try? ChildProcess.fork { 0 }) == nil },
      Attempt(name: "open a socket") { socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) == -1 },
    ]
    let files = [
      Attempt(name: "read another file") { open(secret, O_RDONLY) == -1 },
      Attempt(name: "change another file") { open(secret, O_WRONLY) == -1 },
      Attempt(name: "make a file elsewhere") {
        open(secret + "2", O_CREAT | O_WRONLY, 0o600) == -1
      },
    ]
    return [Attempt(name: "") { true }]
      + (missing.contains(.calls) ? [] : calls) + (missing.contains(.files) ? [] : files)
  }
}
