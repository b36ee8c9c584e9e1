import ChatCore
import Testing

@testable import ChatServer

/// Who joined the queue, as the operator reads of it.
@Suite struct QueueNewsTests {
  private func peer(_ number: Int) -> WaitingPeer {
    WaitingPeer(processID: Int32(number), openedAt: .ms(Int64(number)), address: "\(number)")
  }

  @Test func theFirstIsSaidAtOnceACrowdIsCounted() {
    var news = QueueNews()
    var said = news.take(at: .ms(0))
    #expect(said == nil)
    news.add((1...5).map(peer), at: .ms(0))
    said = news.take(at: .ms(0))
    #expect(said?.named == (1...3).map(peer) && said?.others == 2)
    news.add([peer(6)], at: .ms(10))
    said = news.take(at: .ms(10))
    #expect(said == nil)
    #expect(news.deadline == .ms(1_000))
    said = news.take(at: .ms(1_000))
    #expect(said?.named == [peer(6)])
    #expect(news.deadline == nil)
  }

  @Test func anOrderIsReadOnceNobodyInItIsUnnamed() {
    var news = QueueNews()
    var read: [Int] = [news.takeRead()]
    news.add([peer(1)], at: .ms(0))
    read.append(news.takeRead())
    _ = news.take(at: .ms(0))
    read += [news.takeRead(), news.takeRead()]
    // Nobody is new in it.
    news.add([], at: .ms(10))
    read.append(news.takeRead())
    news.add([peer(2)], at: .ms(20))
    news.add([], at: .ms(30))
    read.append(news.takeRead())
    _ = news.take(at: .ms(1_000))
    read.append(news.takeRead())
    #expect(read == [0, 0, 1, 0, 1, 0, 2])
  }

  /// Each joins and leaves again, for an hour: no more than a notice a minute, and
  /// everybody is counted.
  @Test func aStreamIsSaidMoreAndMoreSeldom() {
    var news = QueueNews()
    var notices = 0
    var counted = 0
    for number in 0..<36_000 {
      let now = Instant.ms(Int64(number) * 100)
      news.add([peer(number)], at: now)
      if let (named, others) = news.take(at: now) {
        notices += 1
        counted += named.count + others
      }
    }
    #expect(notices <= 65)
    #expect((35_000...36_000).contains(counted))
    // After a quiet it begins again.
    let later = Instant.ms(36_000_000)
    news.add([peer(1)], at: later)
    let again = news.take(at: later)
    #expect(again != nil)
    news.add([peer(2)], at: later)
    #expect(news.deadline == later.advanced(by: .seconds(1)))
  }
}
