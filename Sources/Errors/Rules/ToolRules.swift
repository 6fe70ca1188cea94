/// A tool or function that the model called failed or does not exist.
enum ToolRules {
    static let rows: [Rule] = [
        Rule(
            "tool.missing", .toolError,
            phrases: [
                "tool with name … not found", "tool … not found", "tool not found", "no such tool", "unknown tool",
                "is not a valid tool",
                "not a valid tool", "unavailable tool", "invalid tool", "tool … does not exist", "tool … is not registered",
                "tool … not available", "tool is not available", "tool … not recognized", "tool not available",
                "unable to find tool", "could not find tool", "no tool named", "no tool with", "no function named",
                "function … not found in", "not found in available functions",
                "action … not found", "attempted to call tool", "which was not in request.tools",
            ],
            codes: ["tool_not_found", "unknown_tool", "invalid_tool", "ToolNotFound"],
            classes: ["ToolNotFoundError", "AI_NoSuchToolError", "NoSuchToolError", "UnknownToolError", "InvalidToolError"],
            unless: ["ids were found without", "model … not found"],
            examples: ["ValueError: Tool with name weather not found", "search is not a valid tool, try one of [lookup]."]),
        Rule(
            "tool.failed", .toolError,
            phrases: [
                "tools/call failed", "action input is not a valid", "subprocess tool", "tool exited", "tool … exited",
                "plugin … raised", "mcp server … not connected", "server … is not connected",
                "function call … raised", "tool call … raised",
                "error invoking … tool", "error invoking tool", "error executing tool", "error executing function",
                "error running tool",
                "error calling tool", "error in tool", "failed to execute tool", "failed to call tool", "failed to run tool",
                "failed to invoke tool", "tool execution failed", "failed to execute function", "failed to call function",
                "tool_use failed", "tool use failed", "function … raised an", "function … raised *",
                "command not found", "tool execution error", "tool call failed", "tool call error",
                "tool … failed with", "tool … failed", "tool error", "tool failed", "tool invocation failed", "tool raised",
                "tool … raised",
                "tool … returned an error", "tool returned an error", "mcp error", "mcp server … error", "mcp tool … error",
                "mcp tool … failed",
                "mcp server failed", "file does not exist", "string to replace not found", "file has not been read yet",
                "failed to connect to mcp", "\"code\": -32*", "code: -32*", "error code: -32*", "'code': -32*", "\"code\":-32*",
                "function execution failed", "plugin execution failed", "action failed with error",
                "validating tool call arguments",
                "工具调用失败", "工具执行失败",
            ],
            codes: ["tool_error", "tool_execution_error", "ToolExecutionError", "tool_call_failed", "mcp_error"],
            classes: [
                "*ToolCallError", "*ToolError", "*ToolException", "*ToolExecutionError",
                "ToolException", "ToolInputError", "ToolRuntimeError", "ToolTimeoutError", "ToolInvocationError", "McpError",
                "ToolExecutionError", "AI_ToolExecutionError",
                "ToolCallError", "ToolError",
                "MCPToolError", "FunctionExecutionError", "AI_InvalidToolArgumentsError", "InvalidToolArgumentsError", "MCPError",
                "ToolExecutionException",
            ],
            unless: ["tool_use_failed", "failed to parse tool call", "failed to call a function"],
            examples: [
                "mcp.shared.exceptions.McpError: no reading", "Error executing tool weather: no data for the city",
                "langchain_core.tools.base.ToolException: nothing found",
            ]),
        // Agents' own tools, and what they say when the model calls them wrongly.
        Rule(
            "tool.agent", .toolError,
            phrases: [
                "tool … returned iserror", "returned iserror", "tool_use_error", "tool use error", "not found in registry",
                "could not find the string to replace", "failed to edit", "string to replace … not found",
                "old_string … not found", "no changes to make", "file has been modified since", "file has been unexpectedly",
                "read it first before", "is not recognized as an internal or external command",
                "exited with code … command", "eisdir:", "enotdir:", "eacces:", "eperm:", "enoent: no such file",
                "tool … timed out after", "tool … threw", "tool … crashed", "tool … rejected",
                "tool … does not accept", "arguments for tool", "invalid arguments for tool", "invalid input for tool",
                "invalid tool input", "invalid tool arguments", "inputvalidationerror", "failed to start mcp",
                "mcp server … crashed", "mcp client … error", "mcp client for",
                "ripgrep error", "apply_patch … failed", "failed to apply patch", "apply patch … failed", "patch failed",
                "failed to find expected lines", "failed to find context", "invalid patch", "hook … failed", "hook … blocked",
                "shell command failed", "sandbox … denied", "command failed in sandbox", "failed in sandbox",
            ],
            codes: ["tool_use_error", "invalid_tool_input", "invalid_tool_params", "tool_not_registered"],
            unless: ["failed to parse tool call"],
            examples: [
                "issue tracker tool returned isError: push is disabled", "apply_patch verification failed: no such lines",
                "<tool_use_error>File is not open.</tool_use_error>",
            ]),
        Rule(
            "tool.mention", .toolError, .mention,
            phrases: [
                "tool call", "tool execution", "tool invocation", "mcp", "unknown action", "method not found", "unknown function",
                "the tool", "this tool",
            ],
            examples: ["Error: the tool gave up"]),
    ]
}
