import Glibc
import Testing

@testable import ChatPosix

extension PosixTests {
  @Suite struct AddressTests {
    @Test func addressesAreShownAsPeopleWriteThem() throws {
      let four = try #require(try Resolver.resolve("127.0.0.1", port: 50112).first)
      #expect(four.description == "127.0.0.1:50112")
      let six = try #require(try Resolver.resolve("2001:DB8:0::7", port: 1).first)
      #expect(six.host == "2001:db8::7")
      #expect(six.description == "[2001:db8::7]:1")
      #expect(six.family == AF_INET6)
    }

    @Test func aMappedAddressIsShownAsIPv4() throws {
      let mapped = try #require(try Resolver.resolve("::ffff:192.0.2.7", port: 9).first)
      #expect(mapped.description == "192.0.2.7:9")
      #expect(mapped.family == AF_INET6)
    }

    @Test func theScopeIsKept() throws {
      var raw = sockaddr_in6()
      raw.sin6_family = sa_family_t(AF_INET6)
      raw.sin6_port = in_port_t(1027).bigEndian
      raw.sin6_scope_id = if_nametoindex("lo")
      withUnsafeMutableBytes(of: &raw.sin6_addr) { bytes in
        bytes[0] = 0xfe
        bytes[1] = 0x80
        bytes[15] = 1
      }
      let length = socklen_t(MemoryLayout<sockaddr_in6>.size)
      let address = withUnsafePointer(to: raw) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          SocketAddress($0, length: length)
        }
      }
      #expect(address?.description == "[fe80::1%lo]:1027")
    }

    @Test func aShortOrForeignSockaddrIsNoAddress() {
      var storage = sockaddr_storage()
      storage.ss_family = sa_family_t(AF_UNIX)
      #expect(SocketAddress(storage, length: 110) == nil)
      storage.ss_family = sa_family_t(AF_INET)
      #expect(SocketAddress(storage, length: 2) == nil)
    }

    @Test(arguments: ["", "a\0b"])
    func namesThatCannotBeAreUnknown(host: String) {
      #expect(throws: ResolveError(code: EAI_NONAME, errno: Errno(rawValue: 0))) {
        try Resolver.resolve(host, port: 1)
      }
    }

    @Test func anUnknownNameIsThrownWithTheLibrarysText() {
      let error = #expect(throws: ResolveError.self) {
        try Resolver.resolve("no such host", port: 1, flags: AI_NUMERICHOST)
      }
      #expect(error?.code == EAI_NONAME)
      #expect(error?.isTemporary == false)
      #expect(error?.text == "Name or service not known")
      #expect(ResolveError(code: EAI_AGAIN, errno: Errno(rawValue: 0)).isTemporary)
    }

    @Test func aBindAddressThatIsNoneIsThrown() {
      let error = #expect(throws: ListenError.self) {
        try ListeningSocket.open(port: 0, address: "")
      }
      guard case .unresolved? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }

    @Test func thisMachineHasAddressesThatCanBeBound() throws {
      let addresses = LocalAddresses.all()
      #expect(!addresses.isEmpty)
      for address in addresses {
        #expect(!address.hasPrefix("fe80"))
        try ListeningSocket.open(port: 0, address: address).close()
      }
    }
  }
}
