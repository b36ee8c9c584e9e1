import ChatCore

/// A time as a user gave it.
///
/// Read are RFC 3339 with `T` or a space, with or without seconds, fraction
/// and zone; `2026-03-01`; `14:02`; `now`, `today`, `yesterday`; `2h`, `-2h`,
/// `2h ago`, `3d`; `@EPOCH`; and every stamp that is printed.
public enum TimeForm: Hashable, Sendable {
  /// A moment, to the millisecond.
  case moment(Timestamp)
  /// A second: what was cut off when the stamp was printed is unknown.
  case second(Timestamp)
  /// What clock and calendar show, which is twice where clocks are set back;
  /// `isSecond` where a second is meant rather than a moment.
  case clock(CalendarTime, isSecond: Bool)
  case day(CalendarDay)

  /// The first moment meant: what `--since` takes.
  public func first(in zone: Zone) -> Timestamp {
    switch self {
    case .moment(let time), .second(let time): time
    case .clock(let time, _): zone.moments(of: time).first
    case .day(let day): zone.start(of: day)
    }
  }

  /// The last moment meant: what `--until` takes. A day is whole, of an hour
  /// that comes twice it is the second, and a stamp copied from the screen
  /// includes what it stood beside.
  public func last(in zone: Zone) -> Timestamp {
    switch self {
    case .moment(let time): time
    case .second(let time): Self.end(ofSecond: time)
    case .clock(let time, let isSecond):
      isSecond ? Self.end(ofSecond: zone.moments(of: time).last) : zone.moments(of: time).last
    case .day(let day): zone.end(of: day)
    }
  }

  private static func end(ofSecond time: Timestamp) -> Timestamp {
    Timestamp(milliseconds: time.milliseconds + 999)
  }

  /// The day meant, or the day of the moment: what `--on` takes.
  public func day(in zone: Zone) -> CalendarDay {
    switch self {
    case .moment(let time), .second(let time): zone.day(of: time)
    case .clock(let time, _): time.day
    case .day(let day): day
    }
  }
}

/// A time that cannot be read, or that no calendar has; carries the text.
public struct TimeFormError: Error, Hashable, Sendable {
  public let text: String
}
