/// How a conversation's process leaves: the vocabulary between it and the
/// listener. Deaths by signal are reported by wait(2) itself.
enum SessionExit: Int32 {
  /// The conversation ended and its end is recorded.
  case ended = 0
  /// It ended, and the close could not be recorded; the listener has the report
  /// of what it would have said.
  case closeUnrecorded = 3
  /// Something failed that cannot fail in a healthy system.
  case broken = 4
  /// It leaves the conversation to another process, or has none: nothing is to be
  /// recorded.
  case handedOver = 5
}

/// Why a conversation's process is killed: it sent what the program that was
/// forked never sends, so it is another's by now.
package enum ReportFault: CaseIterable, Hashable, Sendable {
  /// A message that is no report.
  case unreadable
  /// A message longer than any report.
  case tooLong
  /// A report that is not legal in its state.
  case misplaced
  /// More reports in a second than it has cause for.
  case tooMany
  /// A draft longer than any.
  case draftTooLong
  /// It does not take the order that gives it the floor.
  case unreachable
  /// It was asked whether it is there, and did not answer.
  case silent
  /// It has given back the terminal, or was ordered to go, and does not go.
  case overdue
  /// It does not let go of the transcript's lock, which others wait for.
  case keptLock

  /// What the transcript says beside `crashed`.
  var detail: String {
    switch self {
    case .unreadable: "unreadable report"
    case .tooLong: "overlong report"
    case .misplaced: "misplaced report"
    case .tooMany: "too many reports"
    case .draftTooLong: "overlong draft"
    case .unreachable: "took no orders"
    case .silent: "no answer for \(Watchdog.patience.components.seconds) s"
    case .overdue: "did not leave"
    case .keptLock: "kept the transcript's lock for \(LockWatch.patience.components.seconds) s"
    }
  }
}

/// Which report is legal when. A report can cross an order on its way, and
/// comes from a state that the listener has left then.
struct ReportRule {
  /// Where it is acted upon.
  let acts: Set<Session.State>
  /// Where it can only have crossed an order, and means nothing any more.
  let late: Set<Session.State>

  private init(acts: Set<Session.State>, late: Set<Session.State> = []) {
    self.acts = acts
    self.late = late
  }

  private static let always = ReportRule(acts: Set(Session.State.allCases))
  /// What only the owner of the terminal can know.
  private static let withFloor = ReportRule(acts: [.hasFloor])

  /// Whether the desk between conversations may report it, while it has the
  /// terminal. With the terminal given back it has nothing to say.
  static func isDesks(_ code: ReportCode) -> Bool {
    switch code {
    case .draft, .unsaid, .memory, .released, .suspended, .interrupted, .stopAsked, .outputGone,
      .who, .alive, .floorFreed, .detachAsked:
      true
    case .ready, .unread, .tookFloor, .recorded, .operatorAbsent, .recordingFailed,
      .recordingWorks, .wordsUnread, .unrecorded, .typed, .badWords, .lockedOut,
      .queueRead, .proved, .resumable, .detached, .claim, .notTakenOver,
      .spoke, .shown, .named, .over, .gaveBack:
      false
    }
  }

  static func of(_ code: ReportCode) -> ReportRule {
    switch code {
    // Crossed `full`.
    case .ready, .claim, .named: ReportRule(acts: [.introducing], late: [.leaving])
    // Of no use to one that is on its way out.
    case .typed, .proved: ReportRule(acts: [.introducing], late: [.leaving])
    case .resumable, .detached, .notTakenOver:
      ReportRule(acts: [.waiting, .hasFloor], late: [.leaving])
    // Words are shown where the terminal is.
    case .spoke, .shown: ReportRule(acts: [.hasFloor], late: [.leaving])
    // Crossed `floor` or `full`.
    case .unread: ReportRule(acts: [.introducing, .waiting], late: [.hasFloor, .leaving])
    case .tookFloor, .draft, .unsaid, .memory, .interrupted, .operatorAbsent, .outputGone,
      .queueRead, .gaveBack, .detachAsked:
      .withFloor
    // A conversation records, and may leave, in every state; what it has to say
    // for want of a terminal may cross the order that gives it one.
    case .released, .recorded, .recordingFailed, .recordingWorks, .wordsUnread, .unrecorded,
      .badWords, .alive, .lockedOut, .over:
      .always
    case .who, .stopAsked, .suspended, .floorFreed: ReportRule(acts: [])
    }
  }
}
