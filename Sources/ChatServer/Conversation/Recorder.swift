import ChatCore
import ChatPosix
import Transcript

/// Writes what a conversation asks to have recorded. The database is opened
/// with the first entry, after the peer was greeted, and again when it was
/// deleted under the server.
final class Recorder {
  private let settings: ServerSettings
  private let run: Int64
  private let address: SocketAddress
  private var transcript: TranscriptWriter?
  private var writer: ConversationWriter?
  /// Asked for and not committed.
  private var pending: [(Entry, Timestamp)] = []
  /// What shares the next commit, whenever that is.
  private var companions: [(Entry, Timestamp)] = []

  init(settings: ServerSettings, run: Int64, address: SocketAddress) {
    self.settings = settings
    self.run = run
    self.address = address
  }

  var hasPending: Bool { !pending.isEmpty }

  /// The conversation's id in the transcript, once its opening is recorded.
  var conversation: Int64? { writer?.conversationID }

  /// Takes an entry to be committed with the next ``commit()``.
  func ask(_ entry: Entry) {
    let stamped = (entry, Timestamp(milliseconds: Clock.realtimeMilliseconds()))
    if case .floor = entry { companions.append(stamped) } else { pending.append(stamped) }
  }

  /// Makes everything asked for durable, in one commit, or nothing of it.
  ///
  /// - Throws: ``TranscriptError``. What was asked for is forgotten then: the
  ///   conversation asks again.
  func commit() throws(TranscriptError) {
    let asked = pending
    pending.removeAll(keepingCapacity: true)
    let writer = try openWriter()
    // They came before what now causes the commit, but never before the open.
    let entries = writer.conversationID == nil ? asked + companions : companions + asked
    try append(entries, to: writer)
    companions.removeAll()
  }

  private func append(
    _ entries: [(Entry, Timestamp)], to writer: ConversationWriter
  ) throws(TranscriptError) {
    do throws(TranscriptError) {
      try writer.append(entries)
    } catch {
      guard error.kind == .deleted || error.kind == .replaced else { throw error }
      try transcript?.reopen()
      if let transcript {
        writer.run = try transcript.continueRun(
          run,
          RunDescription(
            pid: ProcessID.parent, bootID: BootID.current, version: settings.version,
            port: Int(settings.port), handle: settings.handle),
          startedAt: Timestamp(milliseconds: Clock.realtimeMilliseconds()))
      }
      try writer.append(entries)
    }
  }

  /// What was last said with `peer`, in this conversation and before it.
  func lastMessages(
    with peer: Handle, limit: Int
  ) throws(TranscriptError) -> [TranscriptWriter.RecalledMessage] {
    _ = try openWriter()
    return try transcript?.lastMessages(with: peer, limit: limit) ?? []
  }

  /// The handle of another peer of this server, once it has said it.
  func handle(ofPeerAt address: String, port: Int) throws(TranscriptError) -> String? {
    _ = try openWriter()
    return try transcript?.handle(run: run, peerAddress: address, peerPort: port)
  }

  private func openWriter() throws(TranscriptError) -> ConversationWriter {
    if let writer { return writer }
    let transcript = try TranscriptWriter(path: settings.database)
    let writer = ConversationWriter(
      transcript, run: run, peerAddress: address.host, peerPort: Int(address.port),
      mode: settings.mode)
    self.transcript = transcript
    self.writer = writer
    return writer
  }
}
