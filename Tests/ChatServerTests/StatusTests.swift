import ChatCore
import Testing

@testable import ChatPosix
@testable import ChatServer

/// What a service manager reads, and how often.
@Suite struct StatusTests {
  private static let own = Handle.unnamedServer

  private static func supervision(of stage: Stage) throws -> Supervision {
    let manager = try #require(
      ServiceManager(socket: "/run/notify", watchdog: nil, watched: nil, own: 1))
    return Supervision(manager, at: stage.now)
  }

  @Test func whoComesAndGoesIsSaidOnceASecond() throws {
    var stage = try Stage()
    var supervision = try Self.supervision(of: stage)
    var said: [Instant] = []
    for _ in 0..<200 {
      let peer = try stage.session(in: .hasFloor)
      for isThere in [true, false] {
        if !isThere { stage.feed(.ended(peer, .exited(0), at: .ms(9))) }
        // A turn with a change, and one without.
        for _ in 0..<2 {
          let states = supervision.states(for: stage.machine, besides: Self.own, at: stage.now)
          if !states.isEmpty { said.append(stage.now) }
          #expect(states.count <= 1)
          stage.pass(.milliseconds(7))
        }
      }
    }
    #expect(said.count > 3)
    for (one, next) in zip(said, said.dropFirst()) {
      #expect(next.duration(since: one) >= .seconds(1))
    }
  }

  @Test func aChangeWaitsAndNothingElseDoes() throws {
    var stage = try Stage()
    var supervision = try Self.supervision(of: stage)
    func states() -> [String] {
      supervision.states(for: stage.machine, besides: Self.own, at: stage.now)
    }
    #expect(states() == ["STATUS=Nobody is here."])
    #expect(supervision.deadline == nil)
    _ = try stage.session(in: .hasFloor)
    #expect(states() == [])
    #expect(supervision.deadline == stage.now.advanced(by: .seconds(1)))
    stage.pass(.seconds(1))
    #expect(states().first?.hasPrefix("STATUS=Talking with") == true)
    #expect(supervision.deadline == nil)
    stage.feed(.stop("SIGTERM"))
    #expect(states() == ["STOPPING=1", "STATUS=Stopping."])
  }
}
