import ChatCore
import ChatPosix
import ChatTerminal

/// What chatclient is given once, by its command line.
package struct ClientSettings {
  /// A name or an address.
  var host: String
  var port: UInt16
  /// The only kind of addresses that is wanted; `nil`: either.
  var family: AddressFamily?
  /// `nil`: asked for once there is a connection.
  var handle: Handle?
  /// For connecting, over all addresses.
  var connectWithin: Duration
  /// What the person would like; the server decides.
  var mode: Mode
  var desk: DeskOptions
  /// Where what is said is saved; `nil`: nowhere.
  var saved: SavedTalk?
  var security: SecurityOptions
  /// What is remembered of the server.
  var memory: ServerMemory
  var keeping: KeepingWish

  package init(
    host: String, port: UInt16, family: AddressFamily?, handle: Handle?, connectWithin: Duration,
    mode: Mode, desk: DeskOptions, saved: SavedTalk? = nil, security: SecurityOptions,
    memory: ServerMemory, keeping: KeepingWish = .usual
  ) {
    self.host = host
    self.port = port
    self.family = family
    self.handle = handle
    self.connectWithin = connectWithin
    self.mode = mode
    self.desk = desk
    self.saved = saved
    self.security = security
    self.memory = memory
    self.keeping = keeping
  }
}
