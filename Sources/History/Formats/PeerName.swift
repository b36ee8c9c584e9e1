/// An address and a port as one word.
enum PeerName {
  /// `127.0.0.1:50112`, or `[::1]:50112` (RFC 5952 section 6).
  static func text(address: String, port: Int) -> String {
    address.utf8.contains(UInt8(ascii: ":")) ? "[\(address)]:\(port)" : "\(address):\(port)"
  }
}
