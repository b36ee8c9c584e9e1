import ChatCore

/// What chatclient is told once, by its command line.
public struct ClientSettings {
  /// A name or an address.
  public var host: String
  public var port: UInt16
  /// `nil`: asked for once the connection stands.
  public var handle: Handle?
  /// Milliseconds for connecting, over all addresses.
  public var connectWithin: Int64
  /// Draw no editor even where one could be drawn.
  public var isPlain = false
  public var colours = false

  public init(host: String, port: UInt16, handle: Handle?, connectWithin: Int64) {
    self.host = host
    self.port = port
    self.handle = handle
    self.connectWithin = connectWithin
  }
}
