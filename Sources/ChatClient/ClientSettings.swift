import ChatCore
import ChatTerminal

/// What chatclient is told once, by its command line.
public struct ClientSettings {
  /// A name or an address.
  public var host: String
  public var port: UInt16
  /// `nil`: asked for once the connection stands.
  public var handle: Handle?
  /// Milliseconds for connecting, over all addresses.
  public var connectWithin: Int64
  public var view = ConversationView.Options()

  public init(host: String, port: UInt16, handle: Handle?, connectWithin: Int64) {
    self.host = host
    self.port = port
    self.handle = handle
    self.connectWithin = connectWithin
  }
}
