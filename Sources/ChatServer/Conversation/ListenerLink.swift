import ChatCore
import ChatPosix
import ChatTerminal

/// A conversation's end of the socket to its listener: reports out, orders in.
final class ListenerLink {
  private let socket: MessageSocket
  /// `/dev/null`, open.
  private let null: FileDescriptor
  /// The id in the transcript that the listener knows of.
  private var reportedConversation: Int64?
  private(set) var isGone = false
  /// Standard input, output and error, as they came with the floor.
  private(set) var terminal: [FileDescriptor] = []
  /// How the terminal is drawn on, where it is an attached one.
  var view: TerminalView?
  /// The file of typed lines, which comes with the terminal.
  private(set) var typedLines: TypedLinesFile?

  init(_ socket: MessageSocket, null: FileDescriptor) {
    self.socket = socket
    self.null = null
  }

  /// To poll on; `nil` once the listener is gone.
  var interest: Interest? { isGone ? nil : Interest(socket.descriptor) }

  func report(_ report: ConversationReport) {
    // A listener that is gone is noticed by the end of the socket.
    _ = try? socket.send(report.bytes)
  }

  /// The listener knows a conversation by its process until this comes: after the
  /// first commit, and after the first one to a transcript that took the place
  /// of another.
  func report(conversation id: Int64?) {
    guard let id, id != reportedConversation else { return }
    reportedConversation = id
    report(.recorded(conversation: id))
  }

  /// The next order that is there; `nil` when there is none. A listener that is
  /// gone, or is not what it was, has given its last: to stop.
  func nextOrder() -> ListenerOrder? {
    if isGone { return nil }
    let cause: String
    var passed: [FileDescriptor] = []
    switch try? socket.receive(maximumLength: ControlLimits.messageLength, passed: &passed) {
    case .wouldBlock: return nil
    case .message(let bytes):
      if let order = try? ListenerOrder(bytes: bytes), order.isComplete(with: passed.count) {
        terminal += passed
        return order
      }
      cause = "the listener sent an unreadable order"
    case .tooLong: cause = "the listener sent an overlong order"
    case .endOfFile, nil: cause = "the listener died"
    }
    for descriptor in passed { descriptor.closeOnce() }
    isGone = true
    return .stop(cause)
  }

  /// Makes the terminal that came with the floor this process's standard input,
  /// output and error.
  ///
  /// - Throws: ``SystemCallError``.
  func takeTerminal() throws(SystemCallError) {
    guard terminal.count >= ListenerOrder.passedWithFloor else { return }
    try StandardDescriptors.replace(input: terminal[0], output: terminal[1], error: terminal[2])
    for descriptor in terminal.prefix(ListenerOrder.passedWithFloor) { descriptor.closeOnce() }
    typedLines = terminal.dropFirst(ListenerOrder.passedWithFloor).first.map {
      TypedLinesFile(PrivateFile(descriptor: $0))
    }
    terminal = []
  }

  /// Lets go of a terminal that came and is not wanted.
  func refuseTerminal() {
    for descriptor in terminal { descriptor.closeOnce() }
    terminal = []
  }

  /// The operator's desk at the terminal that came with the floor, with what was typed
  /// and not said before.
  func desk(
    _ settings: ServerSettings, _ words: ServerWords, memory: [UInt8], draft: [UInt8],
    at now: Instant
  ) -> OperatorDesk {
    var options = view?.options ?? settings.desk
    options.typedLines = typedLines
    let desk = OperatorDesk(
      options, party: .server, handle: settings.handle, sharesInput: true, words: words.desk)
    desk.give(memory: memory)
    desk.give(draft: draft, at: now)
    return desk
  }

  /// Lets go of the terminal: who sees a peer off has no more use for it.
  func dropTerminal() {
    // EBUSY alone, where threads race for a number; there is one here.
    try? StandardDescriptors.replace(input: null, output: null, error: null)
    typedLines?.close()
    typedLines = nil
  }
}
