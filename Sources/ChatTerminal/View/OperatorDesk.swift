import ChatCore
import ChatPosix

/// Where the person at one side of a conversation reads and types, the same in
/// both programs: the terminal, the look of the conversation on it, the prompt,
/// the line that is being typed and the last lines that were said.
///
/// The program reports what happened and takes what the person wants, one
/// ``DeskAction`` at a time. Nothing about the conversation is decided here.
package final class OperatorDesk {
  /// How long a line from a pipe waits that could not be recorded, until it is
  /// tried again: nobody presses Enter once more.
  static let retryLineAfter = Duration.seconds(1)
  /// Enter on an empty line is still meant for a link that has come back since: it asks for
  /// another while there is none.
  static let linkBackPause = Duration.seconds(1)
  /// Without a key for so long, nobody is typing.
  static let typingPause = Duration.seconds(3)

  let options: DeskOptions
  let party: Party
  let words: (DeskNotice) -> String
  let terminal: OperatorTerminal
  /// The person's name, once there is one.
  package internal(set) var handle: Handle?
  /// What was typed at this desk or the one before and not said.
  var offered: String?
  /// Notices that found no room on the way to the screen, and of which the person
  /// has not read.
  var noticesLeftOut = 0
  /// Whether that ended with Enter; `nil` where it is the desk's before.
  var unsaidIsEntered: Bool?
  /// Whether this desk has said that there is one.
  var isOfferSaid = false
  /// What the desk before left.
  package var memory = DeskMemory()
  /// Whether nobody is at the other end.
  var isResting = false
  /// Whether there is no link to the other end, and another is tried.
  var isLinkDown = false
  /// When there was one again.
  var linkBackAt: Instant?
  /// Whether the next line is the answer to the question for a name.
  var isAsking = false
  /// Whether it is the answer to another question, of the program's.
  var isAskingForWord = false
  /// The question for a name, as it was asked last.
  var question = Prompt.none
  /// A line that was entered before the question for a name: the answer to it.
  var earlyAnswer: String?
  /// A line of a pipe that was not taken, and when to try it again.
  var heldLine: (message: Message, retryAt: Instant)?
  /// What somebody entered at a terminal without an editor before it could be
  /// said, in order.
  var waitingLines: [Message] = []
  /// What was said about the first of them, and is about all.
  var waitsNotice: Notice?
  /// The first of them is with the conversation.
  var isSayingWaitingLine = false
  /// It was not taken, and when to try it again.
  var waitingLineRetryAt: Instant?
  /// Whether a line was typed here.
  package internal(set) var hasReadInput = false
  /// Whether what turns are was said.
  var turnsAreExplained = false
  /// Whether the peer is asked to let both speak at any time.
  var hasAskedForFree = false
  /// Lines that look like commands and were asked about.
  var slips: Set<String> = []
  /// When the conversation began.
  var opened: LocalTime?
  /// The place in the queue that was shown.
  var shownPlace: Int?
  /// Under what name the peer is shown, once it is.
  var peerName: (handle: Handle, text: String)?
  var clock = MessageClock()
  /// What the peer causes beside the conversation.
  var peerNotices = NoticeLimit()
  /// The conversation's last lines.
  package internal(set) var recent = RecentLines()

  /// Takes the terminal.
  ///
  /// - Parameters:
  ///   - options: what the user chose.
  ///   - party: whose desk it is.
  ///   - handle: the person's name; `nil` where ``askForHandle()`` is to
  ///     ask for it.
  ///   - sharesInput: other processes read the same standard input later: what
  ///     is not wanted is left unread.
  ///   - words: the sentence for a notice.
  package init(
    _ options: DeskOptions, party: Party, handle: Handle?, sharesInput: Bool,
    words: @escaping (DeskNotice) -> String
  ) {
    self.options = options
    self.party = party
    self.handle = handle
    self.words = words
    terminal = OperatorTerminal(options.consoleSettings(for: party), sharesInput: sharesInput)
    if let typed = options.typedLines { terminal.console.recall(typed.read()) }
  }

  package var isInteractive: Bool { terminal.console.isInteractive }

  /// Whether somebody types here, and the terminal gives whole lines.
  var takesWholeLines: Bool { !isInteractive && terminal.inputIsTerminal }

  /// When ``tick(at:)`` and ``nextAction(for:at:)`` are wanted.
  package var deadline: Instant? {
    [terminal.deadline, heldLine?.retryAt, waitingLineRetryAt, peerNotices.deadline]
      .compactMap { $0 }.min()
  }
}
