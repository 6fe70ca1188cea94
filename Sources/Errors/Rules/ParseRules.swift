/// An answer arrived but could not be parsed.
enum ParseRules {
    static let rows: [Rule] = [
        Rule(
            "parse.json", .parseError,
            phrases: [
                "mismatched tag", "invalid start of a value", "unrecognized token … was expecting", "missing field … at line",
                "unknown field … at line", "invalid type: … at line", "expected … at line … column", "invalid json:",
                "expecting value: line", "expecting ',' delimiter", "expecting ':' delimiter", "expecting property name",
                "unterminated string", "extra data: line", "invalid control character", "invalid \\escape", "json decode error",
                "json decoding error", "json parsing failed", "json parse error", "json parsing error", "not valid json",
                "is not valid json",
                "invalid json", "malformed json", "bad json", "unexpected token … json", "unexpected token < in",
                "unexpected token '<'",
                "unexpected end of json", "unexpected non-whitespace character after json", "cannot unmarshal",
                "looking for beginning of", "invalid character '*", "json object must be str", "eof while parsing",
                "expected value at line",
                "expected `,` or", "trailing characters at line", "key must be a string at", "error decoding response body",
                "unexpected mimetype",
                "attempt to decode json with unexpected", "failed to decode", "failed to deserialize", "could not decode",
                "cannot decode",
                "unable to decode", "decoding error", "invalid utf-8", "codec can't decode",
            ],
            codes: ["invalid_json_output", "json_validate_failed", "json_parse_error", "invalid_json_response"],
            classes: [
                "*DecodeError", "*DecodingError", "*SerializationException",
                "JSONDecodeError", "ScannerError", "YAMLError", "ComposerError", "JSONParseError", "AI_JSONParseError",
                "JsonParseException", "ContentTypeError",
                "JsonException", "DecodingError",
            ],
            unless: [
                "engine crashed", "llama_decode",
                "stream disconnected", "body is not valid json", "invalid json payload received", "json body of your request",
                "failed to deserialize the json body",
            ],
            examples: [
                "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
                "invalid character '<' looking for beginning of value",
                "SyntaxError: Unexpected token < in JSON at position 0",
            ]),
        Rule(
            "parse.output", .parseError,
            phrases: [
                "is not json", "not json:", "does not conform to schema", "not conform to the schema", "does not conform to the",
                "structured output could not", "output could not be validated", "could not be validated against", "parse failure",
                "could not parse", "could not be parsed", "expected json", "bracket in json", "brace in json",
                "did not match the schema", "not match the schema", "json.parse:", "extract structured output",
                "jsonschema.exceptions", "did not contain valid json", "not contain valid json", "could not extract json",
                "failed to extract json", "no json in", "cannot parse", "can't parse", "unable to parse", "failed to parse",
                "failed parsing",
                "parsing failed",
                "parse error", "parsing error", "error parsing", "parser error", "output parser*", "output_parsing_failure",
                "invalid json output",
                "parse llm output", "invalid format: missing", "missing 'action", "no object generated", "did not match schema",
                "does not match schema", "did not match the expected schema", "does not match the expected schema",
                "not match the required schema", "response did not match", "malformed function call", "malformed_function_call",
                "malformed tool call", "failed to call a function", "converting to valid response block",
                "empty or invalid response from",
                "no valid json", "no json found", "no json object", "invalid structured output", "structured output … failed",
                "unexpected response format", "unexpected response structure", "invalid response format from",
                "invalid response from",
                "invalid response object", "no valid response", "length limit was reached", "解析失败", "解析错误",
            ],
            codes: [
                "MALFORMED_FUNCTION_CALL", "tool_use_failed", "output_parse_failed", "OUTPUT_PARSING_FAILURE", "parse_error",
            ],
            classes: [
                "*ParseException", "*ParserException", "*ParseError",
                "OutputParserException", "AI_TypeValidationError", "AI_NoObjectGeneratedError", "LengthFinishReasonError",
                "OutputParserError", "InstructorRetryException", "JSONSchemaValidationError", "ModelBehaviorError",
                "UnexpectedModelBehavior",
                "APIResponseValidationError", "ResponseParsingError", "ParserError", "AI_InvalidResponseDataError",
                "NoObjectGeneratedError",
                "StructuredOutputValidationError",
            ],
            unless: ["parse the json body", "invalid json payload received"],
            examples: [
                "OutputParserException: Could not parse LLM output: hello", "Failed to parse Answer from completion {\"a\": 1}",
                "Failed to call a function. See 'failed_generation' for details.",
            ]),
        Rule(
            "parse.empty-answer", .parseError, .telling,
            phrases: [
                "without valid content", "stream was invalid", "stream ended with empty", "empty response text",
                "returned an empty response", "returned empty response", "empty response from", "response was empty",
                "returned no content", "returned no text", "no content in response", "returned no choices",
                "returned nothing that", "model returned nothing", "model did not return", "no response was returned",
                "content field missing", "response is missing", "received an empty", "empty completion", "no text in response",
                "non-json response", "returned html", "unexpected content-type", "expected … but got html",
            ],
            unless: ["safety", "blocked", "recitation", "prohibited_content", "connection"],
            examples: [
                "Model stream was invalid or completed without valid content.", "The provider returned an empty response.",
            ]),
        Rule(
            "parse.pydantic", .validationError, .telling,
            phrases: [
                "validation error for", "validation errors for", "errors.pydantic.dev", "[type=missing", "[type=string_type",
            ],
            classes: ["ValidationError", "PydanticValidationError"],
            unless: ["parse", "completion", "output"],
            examples: ["pydantic_core._pydantic_core.ValidationError: 1 validation error for LookupArguments"]),
        Rule(
            "parse.schema", .parseError, .telling,
            phrases: ["validation error for", "validation errors for"],
            examples: ["2 validation errors for Answer: the output of the model misses fields"]),
        Rule(
            "parse.mention", .parseError, .mention,
            phrases: [
                "json", "parse", "parsing", "parser", "decode", "decoding", "deserialize", "schema", "unexpected token",
                "unexpected format", "unexpected content type",
            ],
            examples: ["Error: could make nothing of the JSON"]),
    ]
}
