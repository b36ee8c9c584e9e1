import ChatCore
import ChatPosix

/// Somebody of whom the operator wants to be told by a program: one message from the
/// listener to the process that runs it.
struct Arrival: Hashable {
  enum Kind: UInt8, CaseIterable {
    case floor = 0x71
    case queue = 0x72

    /// As the program reads it.
    var word: String {
      switch self {
      case .floor: "floor"
      case .queue: "queue"
      }
    }
  }

  var kind: Kind
  var handle: Handle
  /// Numeric, with the port.
  var address: String

  init(_ kind: Kind, _ handle: Handle, at address: String) {
    self.kind = kind
    self.handle = handle
    self.address = address
  }

  /// Who has the floor, or begins to wait for it; `nil` for any other news.
  init?(_ news: SessionNews) {
    guard let handle = news.handle, let address = news.address else { return nil }
    switch news.kind {
    case .floor: self.init(.floor, handle, at: address)
    case .queue: self.init(.queue, handle, at: address)
    case .open, .linkDown, .back, .end: return nil
    }
  }

  var bytes: [UInt8] {
    ControlWriter.message(kind.rawValue) { fields in
      fields.add(handle.text)
      fields.add(address)
    }
  }

  init(bytes: [UInt8]) throws(ControlError) {
    guard let first = bytes.first else { throw .empty }
    guard let kind = Kind(rawValue: first) else { throw .unknownCode(first) }
    var fields = ControlReader(bytes.dropFirst())
    self.init(kind, try fields.handle(), at: try fields.text())
    try fields.end()
  }
}

/// When the command runs: one at a time, not too often, and only for the last who came.
struct ArrivalSchedule {
  /// What one may take.
  static let within = Duration.seconds(10)
  /// Between the starts of two: somebody who connects again and again is not a reason to ring
  /// all the time.
  static let interval = Duration.seconds(5)

  /// The newest for whom it did not run.
  private var waiting: Arrival?
  private var startedAt: Instant?
  private(set) var isRunning = false

  mutating func add(_ arrival: Arrival) { waiting = arrival }

  /// For whom it is to be started now.
  mutating func start(at now: Instant) -> Arrival? {
    guard !isRunning, let arrival = waiting, now >= startAt ?? now else { return nil }
    waiting = nil
    startedAt = now
    isRunning = true
    return arrival
  }

  mutating func ended() { isRunning = false }

  /// Whether the one that runs has had its time.
  func isOverdue(at now: Instant) -> Bool {
    guard isRunning, let startedAt else { return false }
    return now >= startedAt.advanced(by: Self.within)
  }

  private var startAt: Instant? { startedAt?.advanced(by: Self.interval) }

  /// When ``start(at:)`` or ``isOverdue(at:)`` has another answer, if nothing comes.
  var deadline: Instant? {
    if isRunning { return startedAt?.advanced(by: Self.within) }
    return waiting == nil ? nil : startAt
  }
}
