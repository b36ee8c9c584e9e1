import ChatCore

/// The numbers that stand in `event.kind`.
enum EventKind: Int64 {
  case open = 1
  case handle = 2
  case message = 3
  case close = 4
}

/// The numbers that stand in `event.party`.
extension Party {
  var stored: Int64 {
    switch self {
    case .client: 0
    case .server: 1
    }
  }

  /// `nil` for NULL and for a number that the schema does not allow.
  init?(stored: Int64?) {
    switch stored {
    case 0: self = .client
    case 1: self = .server
    default: return nil
    }
  }
}
