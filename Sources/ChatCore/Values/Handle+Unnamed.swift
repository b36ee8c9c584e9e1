extension Handle {
  /// What a peer is called that has no name of its own: nc gives none.
  public static let unnamedServer = Handle(unchecked: "SERVER")
}
