import KubernetesModel
import Testing

@Suite struct JSONObjectTests {
    @Test func setsAndRemovesByPath() {
        var object: JSONObject = ["kind": "Pod"]
        object["metadata", "labels", "a"] = "1"
        object["metadata", "labels", "b"] = "2"
        #expect(object["metadata", "labels", "b"] == "2")
        object["metadata", "labels", "a"] = nil
        #expect(object == ["kind": "Pod", "metadata": ["labels": ["b": "2"]]])
        object["spec", "nothing", "here"] = nil
        #expect(object["spec"] == nil)
        object["kind", "below"] = 1
        #expect(object["kind", "below"] == 1)
        object.set(nil, at: ["kind"])
        #expect(object.keys == ["metadata"])
        object.set(1, at: [String]())
        #expect(object.keys == ["metadata"])
        #expect(object.value(at: [String]()) == nil)
    }

    @Test func equalWhateverTheOrder() {
        let left: JSONObject = ["a": 1, "b": 2, "a": 3]
        let right: JSONObject = ["b": 2, "a": 3]
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        #expect(left.map(\.key) == ["a", "b"])
    }

    @Test func accessorsRefuseOtherTypes() {
        let value: JSONValue = ["text": "x", "list": ["a", 1, "b"], "number": 1.5, "whole": 2]
        #expect(value["text"]?.integerValue == nil)
        #expect(value["list"]?.stringsValue == ["a", "b"])
        #expect(value["list"]?[1] == 1)
        #expect(value["list"]?[3] == nil)
        #expect(value["number"]?.integerValue == nil)
        #expect(value["whole"]?.doubleValue == 2)
        #expect(value["text"]?["x"] == nil)
    }

    @Test func nilRemovesAndNullStays() {
        var object: JSONObject = ["a": 1, "b": 2]
        for key in ["a", "b"] { object[key] = key == "a" ? nil : .null }
        #expect(object.description == #"{"b":null}"#)
    }

    /// The examples of RFC 7386, appendix A.
    static let mergeTable: [(String, String, String)] = [
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
        (#"{"a":"b"}"#, #"{"a":null}"#, "{}"), (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
        (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
        (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#), (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
        (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#), (#"{"a":"foo"}"#, "null", "null"),
        (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
        (#"{"e":null}"#, #"{"a":1}"#, #"{"a":1,"e":null}"#), ("[1,2]", #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
        ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ]

    @Test(arguments: mergeTable)
    func mergesAsTheStandardSays(_ target: String, _ patch: String, _ result: String) throws {
        #expect(try JSONValue(json: target).merging(patch: JSONValue(json: patch)).description == result)
    }
}
