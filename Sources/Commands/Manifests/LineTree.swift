/// The lines of a document's values, in the document's own shape: a list's items go by their index.
struct LineTree: Sendable {
    /// The line where the value, or its key, begins, from 1.
    let line: Int
    private var children: [String: LineTree] = [:]

    init(line: Int) {
        self.line = line
    }

    /// The tree below a key or an index.
    subscript(key: String) -> LineTree? {
        get { children[key] }
        set { children[key] = newValue }
    }

    /// The same tree, said to begin at another line: a value that stands below its key begins with the key.
    func beginning(at line: Int) -> LineTree {
        var result = LineTree(line: line)
        result.children = children
        return result
    }

    /// The line of what stands at `path`, or of the nearest of its parents that is there.
    func line(at path: some Collection<String>) -> Int {
        guard let key = path.first, let child = children[key] else { return line }
        return child.line(at: path.dropFirst())
    }
}
