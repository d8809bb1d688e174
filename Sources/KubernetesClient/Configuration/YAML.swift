public import KubernetesModel
import Yams

/// YAML as Kubernetes' tools read it: the values of JSON, with YAML 1.1's spellings of booleans.
public enum YAML {
    /// Values in one text beyond this number are refused; anchors could multiply a few bytes into gigabytes.
    private static let maximumValues = 200_000

    /// The documents of a text; empty ones are left out.
    ///
    /// - Throws: ``YAMLError`` with the place in the text.
    public static func documents(_ text: String) throws(YAMLError) -> [JSONValue] {
        do {
            var remaining = maximumValues
            var documents: [JSONValue] = []
            let parser = try Parser(yaml: text, resolver: .basic)
            while let root = try parser.nextRoot() {
                let document = try value(root, depth: 0, remaining: &remaining)
                if !document.isNull { documents.append(document) }
            }
            return documents
        } catch let error as YAMLError {
            throw error
        } catch let error as Yams.YamlError {
            throw YAMLError(error)
        } catch {
            throw YAMLError(line: nil, problem: "\(error)")
        }
    }

    private static func value(_ node: Yams.Node, depth: Int, remaining: inout Int) throws(YAMLError) -> JSONValue {
        remaining -= 1
        guard remaining >= 0, depth <= JSONValue.maximumDepth else {
            throw YAMLError(line: node.mark?.line, problem: "too many or too deeply nested values")
        }
        switch node {
        case .scalar(let scalar):
            return scalar.style == .plain || scalar.style == .any ? plain(scalar.string) : .string(scalar.string)
        case .sequence(let sequence):
            var elements: [JSONValue] = []
            for element in sequence { elements.append(try value(element, depth: depth + 1, remaining: &remaining)) }
            return .array(elements)
        case .mapping(let mapping):
            var members: [(String, JSONValue)] = []
            for (key, element) in mapping {
                guard case .scalar(let name) = key, name.string != "<<" else {
                    throw YAMLError(line: key.mark?.line, problem: "keys must be plain text")
                }
                members.append((name.string, try value(element, depth: depth + 1, remaining: &remaining)))
            }
            return .object(JSONObject(members))
        case .alias:
            throw YAMLError(line: node.mark?.line, problem: "an alias without an anchor")
        }
    }

    /// What a scalar without quotes means.
    private static func plain(_ text: String) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": return true
        case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": return false
        default: break
        }
        guard let first = text.utf8.first, (0x30...0x39).contains(first) || "+-.".utf8.contains(first) else {
            return .string(text)
        }
        if let integer = integer(text) { return .integer(integer) }
        let isDecimal = text.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
        if isDecimal, let number = Double(text), number.isFinite { return .number(number) }
        return .string(text)
    }

    /// Decimal, `0x`, `0o` and, as YAML 1.1 has it, a leading zero for octal.
    private static func integer(_ text: String) -> Int64? {
        let digits = text.first == "+" || text.first == "-" ? text.dropFirst() : text[...]
        let sign = text.first == "-" ? "-" : ""
        if digits.hasPrefix("0x") { return Int64(sign + digits.dropFirst(2), radix: 16) }
        if digits.hasPrefix("0o") { return Int64(sign + digits.dropFirst(2), radix: 8) }
        if digits.count > 1, digits.first == "0" { return Int64(sign + digits.dropFirst(), radix: 8) }
        return Int64(text)
    }
}

/// A text that is no YAML, or YAML that JSON cannot say.
public struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line, counted from 1, where it is known.
    public let line: Int?
    /// What is wrong there. It does not quote the text.
    public let problem: String

    init(line: Int?, problem: String) {
        self.line = line
        self.problem = problem
    }

    init(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(line: mark.line, problem: problem)
        case .reader(let problem, _, _, _):
            self.init(line: nil, problem: problem)
        case .duplicatedKeysInMapping(_, let context):
            self.init(line: context.mark.line, problem: "a key is there twice")
        default:
            self.init(line: nil, problem: "cannot be read")
        }
    }

    /// The line, where it is known, and the problem.
    public var description: String { line.map { "line \($0): \(problem)" } ?? problem }
}
