import ChatPosix

/// What this system cannot keep from the processes that read what peers wrote.
extension UserMessages {
  static func uncontained(_ layers: [Containment.Layer]) -> String {
    let reach = layers.map {
      switch $0 {
      case .powers: "this user's powers"
      case .resources: "unlimited memory"
      case .files: "other files than the transcript (there is no Landlock here)"
      case .calls: "other programs and the network (there is no seccomp here)"
      }
    }
    let all = reach.joined(separator: ", ")
    return "Conversations and the transcript's keeper are not kept from \(all)."
  }
}
