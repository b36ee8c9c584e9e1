import ChatCore

/// What the listener asks of the keeper: one message on their private socket
/// each.
enum KeeperRequest: Hashable {
  /// Record the end of a conversation whose process could not.
  case bury(
    address: String, port: Int, at: Timestamp, by: Party?, reason: CloseReason, detail: String?)
  /// A conversation ended: the search index has something to catch up with.
  case index
  /// The run ends in good order: record it and go.
  case stop

  var bytes: [UInt8] {
    switch self {
    case .bury(let address, let port, let at, let by, let reason, let detail):
      let fields = [
        address, "\(port)", "\(at.milliseconds)", by?.rawValue ?? "", reason.rawValue,
        detail ?? "",
      ]
      return [0x42] + fields.joined(separator: "\n").utf8
    case .index: return [0x49]
    case .stop: return [0x53]
    }
  }

  /// Both ends are this program: what cannot be read is our bug.
  init(bytes: [UInt8]) {
    switch bytes.first {
    case 0x42:
      let fields = String(decoding: bytes.dropFirst(), as: UTF8.self)
        .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 6, let port = Int(fields[1]), let at = Int64(fields[2]),
        let reason = CloseReason(rawValue: fields[4])
      else { preconditionFailure("the keeper was asked to bury nobody") }
      self = .bury(
        address: fields[0], port: port, at: Timestamp(milliseconds: at),
        by: Party(rawValue: fields[3]), reason: reason,
        detail: fields[5].isEmpty ? nil : fields[5])
    case 0x49: self = .index
    case 0x53: self = .stop
    default: preconditionFailure("the keeper was asked for nothing known: \(bytes.prefix(8))")
    }
  }
}
