import KubernetesModel
import Yams

/// Reads the text of a manifest file: YAML documents or JSON, and the objects in lists.
///
/// Values are typed as kubectl types them (YAML 1.1: `yes` is true, `0755` is octal), merge keys (`<<`) are merged.
struct ManifestReader {
    private typealias Typed = (value: JSONValue, lines: LineTree)

    private let file: String
    /// How many values may still be read.
    private var budget: Int

    private init(file: String, budget: Int) {
        self.file = file
        self.budget = budget
    }

    /// The objects of a file, in its order. Empty documents are left out.
    ///
    /// A few lines of nested aliases can stand for billions of values. What is written out holds fewer values than bytes;
    /// aliases may add ten thousand to that.
    static func read(_ text: String, file: String) throws(ManifestFault) -> [Manifest] {
        var text = text
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        let documents: [Node]
        do {
            documents = try Self.documents(text, file: file)
        } catch {
            // JSON is YAML but for escapes of characters beyond U+FFFF, which libyaml does not put together.
            guard let json = Self.json(text) else { throw error }
            return try Manifest(json: json, file: file, lines: LineTree(line: 1)).flattened()
        }
        var reader = ManifestReader(file: file, budget: text.utf8.count + 10_000)
        var result: [Manifest] = []
        for document in documents {
            let (value, lines) = try reader.value(of: document, depth: 0)
            if value.isNull { continue }
            guard let object = value.objectValue else {
                throw ManifestFault(SourcePlace(file: file, line: lines.line), "this is no object")
            }
            result += try Manifest(json: object, file: file, lines: lines).flattened()
        }
        return result
    }

    private static func json(_ text: String) -> JSONObject? {
        do { return try JSONObject(json: text) } catch { return nil }
    }

    private static func documents(_ text: String, file: String) throws(ManifestFault) -> [Node] {
        do {
            let parser = try Parser(yaml: text)
            var documents: [Node] = []
            while let document = try parser.nextRoot() { documents.append(document) }
            return documents
        } catch let error as YamlError {
            throw ManifestFault(error, file: file)
        } catch {
            throw ManifestFault(file: file, "\(error)")
        }
    }

    private mutating func value(of node: Node, depth: Int) throws(ManifestFault) -> Typed {
        let line = node.mark?.line ?? 1
        budget -= 1
        guard budget >= 0 else { throw fault(line, "it holds too many values, aliases included") }
        guard depth < JSONValue.maximumDepth else {
            throw fault(line, "nested deeper than \(JSONValue.maximumDepth) levels")
        }
        switch node {
        case .scalar(let scalar): return (Self.value(of: scalar, tag: node.tag), LineTree(line: line))
        case .mapping(let mapping):
            let (object, lines) = try object(of: mapping, line: line, depth: depth)
            return (.object(object), lines)
        case .sequence(let sequence):
            var elements: [JSONValue] = []
            var lines = LineTree(line: line)
            for (index, element) in sequence.enumerated() {
                let typed = try value(of: element, depth: depth + 1)
                elements.append(typed.value)
                lines[String(index)] = typed.lines
            }
            return (.array(elements), lines)
        case .alias: throw fault(line, "an alias without its anchor")
        }
    }

    private mutating func object(
        of mapping: Node.Mapping, line: Int, depth: Int
    ) throws(ManifestFault) -> (JSONObject, LineTree) {
        var merged = JSONObject()
        var own = JSONObject()
        var lines = LineTree(line: line)
        for (key, node) in mapping {
            let keyLine = key.mark?.line ?? line
            guard case .scalar(let scalar) = key else { throw fault(keyLine, "a key that is no text") }
            if key.tag == Tag(.merge) {
                try merge(node, into: &merged, &lines, depth: depth)
            } else {
                let typed = try value(of: node, depth: depth + 1)
                own[scalar.string] = typed.value
                lines[scalar.string] = typed.lines.beginning(at: keyLine)
            }
        }
        for (key, value) in own { merged[key] = value }
        return (merged, lines)
    }

    /// Adds what `<<` names: a mapping, or a list of mappings of which the earlier go before the later.
    private mutating func merge(
        _ node: Node, into object: inout JSONObject, _ lines: inout LineTree, depth: Int
    ) throws(ManifestFault) {
        let sources: [Node]
        if case .sequence(let sequence) = node { sources = Array(sequence) } else { sources = [node] }
        for source in sources {
            let line = source.mark?.line ?? 1
            guard case .mapping(let mapping) = source else {
                throw fault(line, "<< names something that is no mapping")
            }
            let (added, below) = try self.object(of: mapping, line: line, depth: depth + 1)
            for (key, value) in added where object[key] == nil {
                object[key] = value
                if lines[key] == nil { lines[key] = below[key] }
            }
        }
    }

    private static func value(of scalar: Node.Scalar, tag: Tag) -> JSONValue {
        let text = scalar.string
        if tag == Tag(.null) { return .null }
        if tag == Tag(.bool) { return .bool(["true", "yes", "on"].contains(text.lowercased())) }
        // Numbers in base 60 (`1:30`) are YAML 1.1 as well, but Go's readers take them as text.
        if tag == Tag(.int), !text.contains(":"), let integer = Int.construct(from: scalar) {
            return .integer(Int64(integer))
        }
        if tag == Tag(.int) || tag == Tag(.float), let number = Double(text), number.isFinite { return .number(number) }
        return .string(text)
    }

    private func fault(_ line: Int, _ problem: String) -> ManifestFault {
        ManifestFault(SourcePlace(file: file, line: line), problem)
    }
}

/// KubernetesModel has a `Node` too; here the word means a node of a YAML document.
private typealias Node = Yams.Node

extension ManifestFault {
    /// What Yams says about a text that is no YAML, with its line.
    fileprivate init(_ error: YamlError, file: String) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(SourcePlace(file: file, line: mark.line), "not YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            self.init(
                SourcePlace(file: file, line: context.mark.line),
                "the key \(keys.sorted().joined(separator: ", ")) is there twice")
        case .reader(let problem, let offset, _, let yaml):
            let line = yaml.prefix(offset ?? 0).count { $0.isNewline } + 1
            self.init(SourcePlace(file: file, line: line), "not YAML: \(problem)")
        default: self.init(file: file, "not YAML: \(error)")
        }
    }
}
