import Foundation

@testable import History

/// The zone of the process, which is one for all tests that run at a time.
enum PlaceZone {
  private static let lock = NSLock()

  /// Runs `body` while the process is in the zone `name`.
  static func run<Result>(
    _ name: String, _ body: (Zone) throws -> Result
  ) throws -> Result {
    try lock.withLock { try body(try ZoneName(name).choose()) }
  }

  /// Runs `body` while TZ is `value`.
  static func run<Result>(variable value: String, _ body: (Zone) throws -> Result) throws -> Result
  {
    try lock.withLock {
      setenv("TZ", value, 1)
      return try body(try ZoneName.local.choose())
    }
  }
}
