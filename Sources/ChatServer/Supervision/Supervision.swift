import ChatCore
import ChatPosix
import ChatTerminal

/// What the service manager was told last, and when the next word to it is due.
struct Supervision {
  /// Between two changes of the status: whoever connects again and again is not reported
  /// each time.
  private static let statusInterval = Duration.seconds(1)

  let manager: ServiceManager
  private var status = ""
  /// Before this no other is said.
  private var statusAgainAt: Instant?
  /// Whether there is another.
  private var statusHasChanged = false
  private var watchdogAt: Instant?
  private var isStopping = false

  init(_ manager: ServiceManager, at now: Instant) {
    self.manager = manager
    if manager.watchdogInterval != nil { watchdogAt = now }
  }

  /// What is to be said now.
  mutating func states(for machine: ListenerMachine, besides own: Handle, at now: Instant)
    -> [String]
  {
    var states: [String] = []
    if machine.stopping != nil, !isStopping {
      isStopping = true
      // The last change, which does not wait.
      statusAgainAt = nil
      states.append("STOPPING=1")
    }
    if let due = watchdogAt, now >= due {
      states.append("WATCHDOG=1")
      watchdogAt = manager.watchdogInterval.map { now.advanced(by: $0) }
    }
    let status = machine.status(besides: own)
    statusHasChanged = status != self.status
    if let again = statusAgainAt, now >= again { statusAgainAt = nil }
    if statusHasChanged, statusAgainAt == nil {
      self.status = status
      statusHasChanged = false
      statusAgainAt = now.advanced(by: Self.statusInterval)
      states.append("STATUS=\(status)")
    }
    return states
  }

  /// When ``states(for:besides:at:)`` is wanted whatever happens.
  var deadline: Instant? {
    [watchdogAt, statusHasChanged ? statusAgainAt : nil].compactMap { $0 }.min()
  }
}

extension ListenerMachine {
  /// Who talks and how many wait, in one line.
  func status(besides own: Handle) -> String {
    let waits =
      switch queueLength {
      case 0: ""
      case 1: "; 1 waits"
      case let count: "; \(count) wait"
      }
    if stopping != nil { return "Stopping." }
    guard let owner else {
      return floorIsKept ? "Waiting for somebody to come back\(waits)." : "Nobody is here."
    }
    let name = owner.handle.map { DisplayName.of($0, .client, besides: own) } ?? "somebody"
    return "Talking with \(name) (\(owner.address))\(waits)."
  }
}

extension Listener {
  /// It listens.
  func beginSupervision() {
    guard let manager = settings.manager else { return }
    supervision = Supervision(manager, at: Self.now)
    manager.report(["READY=1"])
  }

  func reportToManager(at now: Instant) {
    guard let states = supervision?.states(for: machine, besides: settings.handle, at: now),
      !states.isEmpty
    else { return }
    settings.manager?.report(states)
  }

  /// Says on standard error what happened, where nobody is at a terminal who sees it.
  func sayNews(at now: Instant) {
    for item in machine.takeNews() {
      if let arrivals, let arrival = Arrival(item) {
        arrivals.spawn { self.closeInChild() }
        arrivals.ring(arrival)
      }
      if settings.isDetached, words.log != nil || item.isWorthASentence {
        post(.news(item), at: now)
      } else {
        log(.news(item))
      }
    }
  }

  /// Writes the line of a log, where one is kept.
  ///
  /// - Returns: whether that is all there is to say it by; false too where there was no room.
  @discardableResult
  func log(_ notice: ServerNotice) -> LogResult {
    guard let line = words.log?(notice.withoutWords) else { return .notLogged }
    let wasTaken = line.isEmpty || errors.write(line + "\n")
    if !settings.isDetached { return .notLogged }
    return wasTaken ? .logged : .noRoom
  }

  enum LogResult {
    /// A person reads it, too.
    case notLogged
    case logged
    case noRoom
  }
}
