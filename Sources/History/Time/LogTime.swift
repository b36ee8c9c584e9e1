public import ChatCore

/// The time of a log's line.
public enum LogTime {
  /// `2026-03-01T14:02:03.120Z`, RFC 3339 with milliseconds, in UTC.
  public static func text(of time: Timestamp) -> String { Stamp.full(time.withStamp, in: .utc) }
}
