import ChatCore
import ChatSecure
import Transcript

@testable import History

/// Signs in this process.
struct KeySigner: SealSigner {
  let key: PrivateKey
  var publicKey: [UInt8] { key.publicKey.bytes }
  var fingerprint: String { key.publicKey.fingerprint.description }

  init() throws { key = try .random() }

  func signature(of statement: [UInt8], within limit: Duration = .seconds(5)) -> [UInt8]? {
    try? key.sign(statement)
  }
}

extension Fixture {
  /// Runs `history` on this transcript as it is, with this key for the user's own; `nil`:
  /// there is none.
  func history(
    _ arguments: [String], as signer: KeySigner?, now: String = "2026-03-06T00:00:00",
    database: String? = nil, _ change: (inout HistoryEnvironment) -> Void = { _ in }
  ) throws -> Captured {
    try Self.history(
      arguments + ["--database", database ?? path, "--tz", "-08:00"], now: now
    ) {
      if let signer { $0.startSigner = { _ in .signer(signer) } }
      change(&$0)
    }
  }

  /// Three conversations of two runs, written as the server writes them: of
  /// `tatyana`, events 1 to 5; of `mike`, 6 to 8; of `zoe`, which goes on, 9 to 11.
  static func talks() throws -> Fixture {
    let fixture = try Fixture()
    let writer = try TranscriptWriter(path: fixture.path)
    let begin = try time("2026-03-01T14:00:00")
    let moment = { (seconds: Int64) in Timestamp(milliseconds: begin + seconds * 1000) }
    func talk(
      _ run: Int64, _ name: String, at start: Int64, _ said: [String], closes: Bool = true
    ) throws {
      let talk = ConversationWriter(
        writer, run: run, peerAddress: "192.0.2.7", peerPort: 50_112, mode: .free)
      try talk.append([
        (.open, moment(start)), (.handle(try Handle(name), .line), moment(start)),
        (.floor, moment(start)),
      ])
      for (index, text) in said.enumerated() {
        try talk.append([
          (.message(from: .client, number: index + 1, try Message(text)), moment(start + 1))
        ])
      }
      if closes {
        try talk.append([
          (.close(by: .client, .quit, detail: nil, undelivered: 0), moment(start + 2))
        ])
      }
    }
    func run(at start: Int64) throws -> Int64 {
      try writer.startRun(
        RunDescription(
          pid: 1, bootID: "boot", version: "1", port: 1027, handle: try Handle("SERVER")),
        at: moment(start))
    }
    let first = try run(at: 0)
    try talk(first, "tatyana", at: 1, ["hi", "bye"])
    try talk(first, "mike", at: 10, [])
    try writer.stopRun(first, at: moment(20))
    try talk(try run(at: 30), "zoe", at: 31, ["é \"quoted\" \u{1b}"], closes: false)
    return fixture
  }
}
