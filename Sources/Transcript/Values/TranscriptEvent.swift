import ChatCore

/// One recorded event.
public struct TranscriptEvent: Hashable, Sendable {
  /// The place in the one global order.
  public var seq: Int64
  /// The conversation's id.
  public var conversation: Int64
  public var time: Timestamp
  public var kind: Kind

  public enum Kind: Hashable, Sendable {
    case open(peerAddress: String, peerPort: Int, port: Int)
    case handle(String)
    /// `raw` holds the bytes received where `text` is their repair; `held`
    /// says that it was said out of turn and never shown.
    case message(
      from: Party, handle: String?, number: Int, text: String, raw: [UInt8]?, held: Bool)
    case close(
      by: Party?, handle: String?, CloseReason, detail: String?, undelivered: Int?)
  }

  public init(seq: Int64, conversation: Int64, time: Timestamp, kind: Kind) {
    self.seq = seq
    self.conversation = conversation
    self.time = time
    self.kind = kind
  }
}
