import ChatCore
import Transcript

/// What `history stats` shows, worked out.
struct StatisticsReport {
  var conversations = 0
  /// Connections that never had the floor, and said nothing.
  var silent = 0
  /// Links that were lost, and clients that came back.
  var drops = 0
  var resumes = 0
  var messages = 0
  var messagesOfClients = 0
  var messagesOfServers = 0
  var firstMessage: Timestamp?
  var lastMessage: Timestamp?
  /// Messages in each span of time that has some, oldest first.
  var spans: [Span] = []
  /// Messages by weekday, from Monday, and hour of the day.
  var week = [[Int]](repeating: [Int](repeating: 0, count: 24), count: 7)
  /// Whoever spoke, the one with most messages first.
  var handles: [Speaker] = []
  /// The longest conversations by the clock, longest first.
  var longest: [Length] = []
  var clientReplies = ReplyTimes()
  var serverReplies = ReplyTimes()

  /// Messages by hour of the day.
  var hours: [Int] { (0..<24).map { hour in week.reduce(0) { $0 + $1[hour] } } }

  struct Span: Hashable {
    var start: CalendarTime
    var messages: Int
  }

  struct Speaker: Hashable {
    var name: String?
    var party: Party
    var conversations: Int
    var messages: Int
  }

  struct Length: Hashable {
    var conversation: Int64
    /// What its transcript is called, where several are read.
    var transcript: String?
    var client: String?
    var seconds: Int64
    var messages: Int
  }
}
