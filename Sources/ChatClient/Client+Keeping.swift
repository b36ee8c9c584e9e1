import ChatCore
import ChatLink
import ChatPosix
import ChatSecure
import ChatTerminal

/// What is kept of the conversation while it goes on, for the next start.
struct Keeping {
  private(set) var file: TalkFile?
  private(set) var obstacle: TalkStore.Obstacle?
  /// For another conversation, should this one be left in its file: whoever needs it can
  /// open none.
  private var spare: ClientStart.Place
  /// What the file has.
  var record: TalkRecord?
  var writtenAt: Instant?
  /// Whether the user has read that nothing is kept.
  var isObstacleReported = false

  /// How often the draft is written, at most.
  static let draftEvery = Duration.seconds(1)
  /// How old the moment may become at which the link was up, where there is anything else
  /// to do than to write it down.
  static let momentEvery = Duration.seconds(10)
  /// How many claims a file may lack that a power cut made older: it is half a minute of
  /// them, one a second at most. A claim with a number that the server has seen is stale.
  static let attemptsUnflushed = 64

  init(_ start: ClientStart) {
    (file, obstacle, spare) = (start.place.file, start.place.obstacle, start.spare)
    record = start.former.first?.record
  }

  /// Another conversation begins, `next` or one of this process's own. The one before is
  /// over, or `isLeft` in its file, which is everybody's then.
  mutating func beginAgain(isLeft: Bool, next: ClientStart.Former?) {
    if !isLeft { file?.clear() }
    if let next {
      file = next.file
    } else if isLeft {
      (file, obstacle) = (spare.file, spare.obstacle)
      isObstacleReported = false
      spare = ClientStart.Place()
    }
    record = next?.record
    writtenAt = nil
  }
}

extension Client {
  /// Writes down what has changed, before anybody reads that it has.
  /// `always`: also where only the moment is another; `leftDraft`: in place of the line.
  func keep(at now: Instant, always: Bool = false, leftDraft: String? = nil) {
    guard let past = machine.clientPast, let terms = settledTerms else { return }
    guard let file = keeping.file else { return reportObstacle() }
    let sinceWritten = keeping.writtenAt.map { now.duration(since: $0) }
    let draft = leftDraft ?? desk.draft
    let former = keeping.record
    let isDue =
      always || past != former?.past
      || draft != former?.draft && (sinceWritten ?? Keeping.draftEvery) >= Keeping.draftEvery
      || !machine.isDetached && (sinceWritten ?? .zero) >= Keeping.momentEvery
    guard isDue else { return }
    let present = Timestamp(milliseconds: Clock.realtimeMilliseconds())
    let linkedAt = machine.isDetached ? former?.linkedAt ?? present : present
    write(
      TalkRecord(
        host: settings.host, port: settings.port, link: terms.link, past: past, draft: draft,
        isLeaving: self.former == .ending, linkedAt: linkedAt,
        saved: settings.saved?.id ?? former?.saved),
      to: file)
    keeping.writtenAt = now
  }

  /// The terms of the first link, once its other end has shown what it is.
  private var settledTerms: LinkTerms? {
    if let terms { return terms }
    if secure == nil {
      terms = .clear
    } else if let key = secure?.peer?.key, let context {
      terms = .encrypted(server: key.fingerprint, own: trust.shownKey, context)
    }
    return terms
  }

  private func write(_ record: TalkRecord, to file: TalkFile) {
    keeping.record = record
    switch file.write(record) {
    case .failed(let error)?: desk.notify(words.sentence(.keepingFailed(error)))
    case .works?: desk.notify(words.sentence(.keepingWorks))
    case nil: break
    }
  }

  private func reportObstacle() {
    guard !keeping.isObstacleReported, let obstacle = keeping.obstacle else { return }
    keeping.isObstacleReported = true
    desk.notify(words.sentence(.notKept(obstacle)))
  }

  /// When a draft that has changed may be written.
  var keepingDeadline: Instant? {
    guard let record = keeping.record, keeping.file != nil, let at = keeping.writtenAt,
      desk.draft != record.draft
    else { return nil }
    return at.advanced(by: Keeping.draftEvery)
  }
}
