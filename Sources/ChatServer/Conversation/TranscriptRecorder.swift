import ChatCore
import ChatPosix
import ChatSecure
import Transcript

/// Writes what a conversation asks to have recorded in the transcript. The
/// database is opened with the peer's first words, and again when it was deleted
/// under the server.
final class TranscriptRecorder: Recorder {
  private var run: ServerRun
  private let mode: Mode
  private let address: SocketAddress
  /// When the listener says that the conversation was opened.
  private let openedAt: Timestamp
  /// What the client can come back with, and for how long.
  private let offer: (token: ResumeToken, within: Duration)?
  private var transcript: TranscriptWriter?
  private var writer: ConversationWriter?
  /// Of a transcript that was begun again; else the listener holds it for all.
  private var lock: RunLock?
  /// Has the keeper look for the transcript's file.
  private let fileIsMissed: () -> Void
  /// Asked for and not committed.
  private var pending: [(Entry, Timestamp)] = []
  /// What shares the next commit, whenever that is.
  private var companions: [(Entry, Timestamp)] = []
  /// The newest of these, likewise.
  private var acknowledged: (Entry, Timestamp)?
  /// Whether these are to have a commit of their own.
  private var isHurried = false

  /// Milliseconds between two looks for a transcript that is to be made again, and how
  /// many there are: 2 seconds together, a fifth of what the listener waits for an
  /// answer.
  private static let lookAfter: Int64 = 20
  private static let looks = 100

  init(
    run: ServerRun, mode: Mode, address: SocketAddress, openedAt: Timestamp,
    offer: (token: ResumeToken, within: Duration)?, fileIsMissed: @escaping () -> Void
  ) {
    self.offer = offer
    self.fileIsMissed = fileIsMissed
    self.run = run
    self.mode = mode
    self.address = address
    self.openedAt = openedAt
  }

  var protection: Protection?
  private(set) var isBeyondMending = false
  /// How it ended, where that is the keeper's to record: its peer had said
  /// nothing.
  private(set) var wordlessEnd: (by: Party?, reason: CloseReason, detail: String?)?
  private var loss: TranscriptError?

  func takeLoss() -> TranscriptError? {
    defer { loss = nil }
    return loss
  }

  /// An open alone waits for the peer's first words: nothing durable is waited
  /// for on behalf of one who has said nothing.
  var hasPending: Bool {
    isHurried || pending.contains { if case .open = $0.0 { false } else { true } }
  }

  func hurry() { isHurried = acknowledged != nil }

  var conversation: Int64? { writer?.conversationID }

  func enqueue(_ entry: Entry) {
    let now = Timestamp(milliseconds: Clock.realtimeMilliseconds())
    switch entry {
    case .open: pending.append((entry, openedAt))
    case .floor, .resumable: companions.append((entry, now))
    case .acknowledged: acknowledged = (entry, now)
    default: pending.append((entry, now))
    }
  }

  /// Makes everything asked for durable.
  func commit() throws(TranscriptError) {
    isHurried = false
    let enqueued = pending
    pending.removeAll(keepingCapacity: true)
    if writer == nil, let end = Self.wordlessEnd(of: enqueued) {
      wordlessEnd = end
      return
    }
    let writer = try openWriter()
    writer.protection = protection
    // They came before what now causes the commit, but never before the open, nor after
    // the close, whose link is over them.
    let shared = companions + [acknowledged].compactMap { $0 }
    var entries = enqueued
    let isOpened = writer.conversationID != nil
    let close = entries.firstIndex { if case .close = $0.0 { true } else { false } }
    entries.insert(contentsOf: shared, at: isOpened ? 0 : close ?? entries.endIndex)
    try append(entries, to: writer)
    companions.removeAll()
    acknowledged = nil
  }

  /// The close of a conversation that has an open and a close, and nothing else.
  private static func wordlessEnd(
    of entries: [(Entry, Timestamp)]
  ) -> (by: Party?, reason: CloseReason, detail: String?)? {
    guard entries.count == 2, case .open = entries[0].0,
      case .close(let party, let reason, let detail, 0) = entries[1].0
    else { return nil }
    return (party, reason, detail)
  }

  private func append(
    _ entries: [(Entry, Timestamp)], to writer: ConversationWriter
  ) throws(TranscriptError) {
    do throws(TranscriptError) {
      try writer.append(entries)
    } catch {
      guard let transcript, error.isOfLostFile else { throw error }
      try reopen(transcript, after: error)
      loss = error
      try continueRun(in: transcript)
      writer.run = run.id
      try writer.append(entries)
    }
  }

  /// Takes the transcript that the keeper makes in the place of a lost one; the
  /// listener has it look, and it is waited for.
  private func reopen(
    _ transcript: TranscriptWriter, after lost: TranscriptError
  ) throws(TranscriptError) {
    var poller = Poller()
    for look in 0..<Self.looks {
      do throws(TranscriptError) {
        return try transcript.reopen()
      } catch {
        // The directory went too, and the containment holds this process to it.
        isBeyondMending = error.kind == .notPermitted
        guard error.kind == .missing || error.isOfLostFile else { throw error }
      }
      if look == 0 { fileIsMissed() }
      _ = try? poller.poll([], timeoutMilliseconds: Self.lookAfter)
    }
    throw lost
  }

  /// Makes the run known to a transcript that was begun again under it, and
  /// holds its lock there: what another process of the run has locked may be
  /// a file that is gone.
  private func continueRun(in transcript: TranscriptWriter) throws(TranscriptError) {
    run.id = try transcript.continueRun(run.id, run.description, startedAt: run.startedAt)
    // First the old one: where it is on the same file, giving it back later would
    // take the new one too (`LockFile`, of a contained process).
    lock = nil
    lock = try? RunLock.acquire(database: run.database, run: run.id)
  }

  /// In this conversation and before it.
  func lastMessages(
    with peer: Handle, limit: Int
  ) throws(TranscriptError) -> [Event] {
    _ = try openWriter()
    return try transcript?.lastMessages(with: peer, limit: limit) ?? []
  }

  func otherKey(of handle: Handle) throws(TranscriptError) -> Timestamp? {
    guard let conversation else { return nil }
    _ = try openWriter()
    return try transcript?.otherKey(
      of: handle, than: protection?.key, besides: conversation)
  }

  func handle(of peer: WaitingPeer) throws(TranscriptError) -> String? {
    guard let conversation = peer.conversation else { return nil }
    _ = try openWriter()
    return try transcript?.handle(
      conversation: conversation, openedAt: peer.openedAt, run: run.id)
  }

  private func openWriter() throws(TranscriptError) -> ConversationWriter {
    if let writer { return writer }
    let transcript = try openTranscript()
    let writer = ConversationWriter(
      transcript, run: run.id, peerAddress: address.host, peerPort: Int(address.port),
      mode: mode)
    writer.offer = offer.map { (TokenHash(of: $0.token).bytes, $0.within) }
    self.transcript = transcript
    self.writer = writer
    return writer
  }

  private func openTranscript(
    _ opened: TranscriptWriter? = nil
  ) throws(TranscriptError) -> TranscriptWriter {
    let transcript = if let opened { opened } else { try Self.open(run) }
    if try !transcript.knows(run.id, run.description, startedAt: run.startedAt) {
      try continueRun(in: transcript)
    }
    return transcript
  }
}

/// Conversations that another process began.
extension TranscriptRecorder {
  /// Opens the transcript; nobody else makes it than the keeper.
  static func open(_ run: ServerRun) throws(TranscriptError) -> TranscriptWriter {
    try TranscriptWriter(path: run.database, reserve: run.reserve, makes: false)
  }

  /// Goes on with what another process recorded, which writes nothing any more.
  ///
  /// - Throws: what SQLite reports; `over`, `notResumable` and `overstated` when nobody can
  ///   go on with it.
  static func takeOver(
    _ inheritance: Inheritance, _ claim: ConversationProcess.PendingClaim, run: ServerRun,
    mode: Mode, address: SocketAddress, within grace: Duration, protection: Protection?,
    fileIsMissed: @escaping () -> Void
  ) throws(TranscriptError) -> (TranscriptRecorder, Resumption) {
    let recorder = TranscriptRecorder(
      run: run, mode: mode, address: address, openedAt: inheritance.openedAt,
      offer: (claim.token, grace), fileIsMissed: fileIsMissed)
    recorder.protection = protection
    let transcript = try recorder.openTranscript(claim.transcript)
    let now = Timestamp(milliseconds: Clock.realtimeMilliseconds())
    let (writer, past) = try ConversationWriter.takeOver(
      transcript, run: recorder.run.id, conversation: inheritance.conversation,
      openedAt: inheritance.openedAt, tokenHash: TokenHash(of: claim.token).bytes,
      from: (address.host, Int(address.port)), protection: protection, shown: claim.shown,
      attempt: claim.attempt, seen: inheritance.shown, at: now, lostAt: inheritance.lostAt,
      lostBy: inheritance.predecessorDied ? .crashed : .reset)
    recorder.transcript = transcript
    recorder.writer = writer
    return (recorder, past)
  }

  /// What became of the conversation that is claimed, where nobody here goes on
  /// with it.
  ///
  /// - Throws: what SQLite reports.
  static func fate(
    of claim: ConversationProcess.PendingClaim, _ run: ServerRun?, _ protection: Protection
  ) throws(TranscriptError) -> ClaimedFate {
    guard let run else { return .unknown }
    let transcript = if let opened = claim.transcript { opened } else { try open(run) }
    return try transcript.fate(
      tokenHash: TokenHash(of: claim.token).bytes, protection, port: run.description.port,
      address: run.description.address,
      at: Timestamp(milliseconds: Clock.realtimeMilliseconds()))
  }
}
