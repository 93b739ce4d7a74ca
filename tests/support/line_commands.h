// A simulator as a process that is driven by lines: its first line says its port, each command is
// answered by one line, and it ends with its input.
#pragma once

#include <cstddef>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace opora::testing {

using Words = std::vector<std::string>;

// `words` has as many as the command takes, its own name first.
template <class Simulator>
struct LineCommand {
  std::size_t words;
  std::function<std::string(Simulator&, const Words&)> run;
};
template <class Simulator>
using LineCommands = std::map<std::string, LineCommand<Simulator>>;

inline std::string yes(bool is) { return is ? "yes" : "no"; }

// "error: LINE" for what is no command, or has more or fewer words.
template <class Simulator>
std::string answer_line(Simulator& pbx, const LineCommands<Simulator>& commands,
                        const std::string& line) {
  std::istringstream in(line);
  Words words;
  for (std::string word; in >> word;) words.push_back(word);
  const auto found = words.empty() ? commands.end() : commands.find(words[0]);
  if (found == commands.end() || found->second.words != words.size()) return "error: " + line;
  return found->second.run(pbx, words);
}

template <class Simulator>
void serve_lines(Simulator& pbx, const LineCommands<Simulator>& commands) {
  std::cout << pbx.port() << std::endl;
  for (std::string line; std::getline(std::cin, line);)
    std::cout << answer_line(pbx, commands, line) << std::endl;
}

}  // namespace opora::testing
