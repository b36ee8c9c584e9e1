import Harness

/// A peer that speaks the native dialect, byte by byte: docs/protocol.md.
final class NativePeer {
  private let socket: PeerSocket
  private var saidCount = 0
  private var heardCount = 0

  /// Connects and waits for the floor.
  init(port: UInt16, handle: String = "tatyana") throws {
    socket = try PeerSocket(port: port)
    try socket.waitFor("SERVER\0")
    try socket.send(handle + "\0")
    try socket.waitFor("\0floor\0")
  }

  /// Sends a message. What is sent is shown some time later.
  func say(_ text: String) throws {
    saidCount += 1
    try socket.send("say \(saidCount) \(text)\0")
  }

  /// Waits until everything sent was recorded by the server.
  func waitUntilRecorded() throws {
    try socket.waitFor("\0ack \(saidCount)\0")
  }

  /// Waits for the next message.
  ///
  /// - Returns: its very bytes.
  func nextMessage() throws -> [UInt8] {
    heardCount += 1
    let start = Array("say \(heardCount) ".utf8)
    try socket.waitFor("\0say \(heardCount) ")
    while true {
      let records = socket.received.split(separator: 0, omittingEmptySubsequences: false)
      // What follows the last NUL is not whole yet.
      if let record = records.dropLast().first(where: { $0.starts(with: start) }) {
        try socket.send("ack \(heardCount)\0")
        return Array(record.dropFirst(start.count))
      }
      try socket.waitFor("\0", times: records.count)
    }
  }

  func waitForGoodbye(_ reason: String) throws {
    try socket.waitFor("\0quit \(reason)\0")
  }

  /// Everything that was received, to look at what was not.
  var receivedText: String { socket.receivedText }
}
