import ChatCore
import Testing

@testable import ChatTerminal

/// What is said of a link that comes and goes.
@Suite struct LinkNewsTests {
  private func at(_ seconds: Int64) -> Instant { Instant(milliseconds: 5_000 + seconds * 1_000) }

  /// Over any number of processes.
  private func handOver(_ news: LinkNews) -> LinkNews {
    var memory = DeskMemory()
    memory.linkNews = news
    return DeskMemory(bytes: memory.bytes).linkNews
  }

  @Test func aLoopIsSaidThreeTimesAndOnceWithACount() {
    var news = LinkNews()
    var said: [LinkNews.News] = []
    for second in Int64(0)..<500 {
      said.append(news.lose(at: at(second)))
      news = handOver(news)
      said.append(news.comeBack(at: at(second)))
      news = handOver(news)
      #expect(news.settle(at: at(second)) == nil)
    }
    #expect(Array(said.prefix(8)) == [.each, .each, .each, .each, .each, .each, .often(4), .none])
    #expect(said.dropFirst(8).allSatisfy { $0 == .none })
    #expect(news.deadline == at(529))
    #expect(news.settle(at: at(528)) == nil)
    let settled = news.settle(at: at(529))
    #expect(settled?.count == 500 && settled?.time == .seconds(499) && settled?.isDown == false)
    #expect(news == LinkNews())
    #expect(news.deadline == nil && news.settle(at: at(600)) == nil)
    #expect(news.lose(at: at(600)) == .each)
  }

  @Test func onesThatAreFarApartAreSaid() {
    var news = LinkNews()
    for round in Int64(0)..<100 {
      #expect(news.lose(at: at(round * 20)) == .each)
      #expect(news.comeBack(at: at(round * 20 + 10)) == .each)
    }
  }

  @Test func oneThatStaysDownIsSaidToo() {
    var news = LinkNews()
    for second in Int64(0)..<5 {
      _ = news.comeBack(at: at(second))
      _ = news.lose(at: at(second))
    }
    let settled = news.settle(at: at(40))
    #expect(settled?.isDown == true)
    // And is said when it is back.
    #expect(news.comeBack(at: at(41)) == .each)
  }

  /// A client may come again while the server still takes the link before for good.
  @Test func whoComesWithoutALossCountsToo() {
    var news = LinkNews()
    let said = (Int64(0)..<6).map { news.comeBack(at: at($0)) }
    #expect(said == [.each, .each, .each, .often(4), .none, .none])
  }

  @Test(arguments: [
    "", "1", "1 2 3", "0 -1 - -", "0 9223372036854775807 5 5", "0 1 - - 1 2 3 4", "x y z w",
  ])
  func whatIsNoneIsNothing(text: String) {
    #expect(LinkNews(text: text).deadline == nil)
    var news = LinkNews(text: text)
    #expect(news.lose(at: at(1)) == .each)
  }

  @Test func timesOutOfRangeAreNone() {
    var news = LinkNews(text: "1 4 9223372036854775807 -5 9223372036854775807")
    #expect(news.deadline == nil)
    #expect(news.settle(at: at(1)) == nil)
    _ = news.lose(at: at(1))
  }
}
