import Glibc

/// A moment on the monotonic clock by which something must have happened.
public struct Deadline {
  private let end: Int64

  /// - Parameter seconds: from now on.
  public init(seconds: Double) {
    end = Self.now + Int64(seconds * 1000)
  }

  public var isOver: Bool { millisecondsLeft == 0 }

  public var millisecondsLeft: Int64 { max(0, end - Self.now) }

  /// Milliseconds on the monotonic clock; clock_gettime(2).
  public static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// Waits for `descriptor`, or for as long as a look at other conditions may
  /// wait, or for the deadline; poll(2).
  ///
  /// - Returns: whether the descriptor has something.
  @discardableResult
  func wait(for descriptor: Int32, write: Bool = false, atMost milliseconds: Int64) -> Bool {
    var poll = pollfd(fd: descriptor, events: Int16(write ? POLLOUT : POLLIN), revents: 0)
    return Glibc.poll(&poll, 1, Int32(min(milliseconds, millisecondsLeft))) > 0
  }

  /// Lets the time go by: what an attack is made of is how often it does something,
  /// or for how long. Never for what may be looked for.
  public func pass() {
    while !isOver { wait(for: -1, atMost: millisecondsLeft) }
  }

  /// Looks at a condition again and again until it holds.
  ///
  /// - Throws: ``HarnessFailure`` when it does not in time; what `body` throws.
  public static func poll(
    _ what: @autoclosure () -> String, within seconds: Double = usual, _ body: () throws -> Bool
  ) throws {
    let deadline = Deadline(seconds: seconds)
    while try !body() {
      if deadline.isOver { throw HarnessFailure("not within \(seconds) s: \(what())") }
      deadline.wait(for: -1, atMost: glance)
    }
  }

  /// Milliseconds between two looks at what no descriptor tells.
  static let glance: Int64 = 5

  /// Seconds: long enough for anything that these programs do on a busy
  /// machine, since only a failing test waits for so long.
  public static let usual: Double = 60
}

/// Why the harness gave up; everything that was seen is in the text.
public struct HarnessFailure: Error, CustomStringConvertible {
  public let description: String

  public init(_ description: String) {
    self.description = description
  }
}
