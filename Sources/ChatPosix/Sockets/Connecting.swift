import CPosix
import Glibc
import SystemPackage

/// A connection on its way to one address. The caller polls ``descriptor`` for
/// writing, with its own timeout, and then calls ``finish()``. connect(2).
public struct Connecting: Sendable {
  public enum State: Hashable, Sendable {
    /// There already, as often on the loopback; ``Connecting/finish()`` is
    /// still to be called.
    case connected
    case inProgress
  }

  /// Non-blocking, closed on exec.
  public let descriptor: FileDescriptor
  public let state: State

  /// Starts to connect; never waits.
  ///
  /// - Throws: ``SystemCallError``: what is known at once, such as
  ///   `ENETUNREACH`, `EAFNOSUPPORT`, and on the loopback `ECONNREFUSED`.
  public static func start(to address: SocketAddress) throws(SystemCallError) -> Connecting {
    let number = try SystemCall.perform("socket") {
      Result(errnoFrom: cposix_stream_socket(address.family))
    }
    let socket = FileDescriptor(rawValue: number)
    let outcome = SystemCall.outcome("connect") {
      Result(errnoFrom: address.withSockaddr { Glibc.connect(number, $0, $1) })
    }
    switch outcome {
    case .success: return Connecting(descriptor: socket, state: .connected)
    // An interrupted connect goes on by itself; a repeat would be EALREADY.
    case .failure(.nowInProgress), .failure(.interrupted):
      return Connecting(descriptor: socket, state: .inProgress)
    case .failure(let errno):
      socket.closeOnce()
      throw SystemCallError(call: "connect", errno: errno)
    }
  }

  /// How it came out, once poll has said that the descriptor can be written.
  /// The descriptor is the caller's when this returns, closed when it throws.
  ///
  /// - Throws: ``SystemCallError`` for `connect`: `ECONNREFUSED`, `ETIMEDOUT`,
  ///   `EHOSTUNREACH`, …; `ENOTCONN` when it is too early.
  public func finish() throws(SystemCallError) -> FileDescriptor {
    do throws(SystemCallError) {
      let code = try descriptor.option(SOL_SOCKET, SO_ERROR)
      if code != 0 { throw SystemCallError(call: "connect", errno: Errno(rawValue: code)) }
      // With nobody listening on a port of the loopback that the kernel also
      // hands out to clients, TCP can connect a socket to itself.
      if try descriptor.localAddress() == descriptor.peerAddress() {
        throw SystemCallError(call: "connect", errno: .connectionRefused)
      }
      return descriptor
    } catch {
      descriptor.closeOnce()
      throw error
    }
  }

  /// Gives up.
  public func cancel() { descriptor.closeOnce() }
}
