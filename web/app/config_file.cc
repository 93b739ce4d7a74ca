#include "web/app/config_file.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <string_view>

#include <CLI/CLI.hpp>
#include <toml++/toml.h>

namespace opora::app {
namespace {

constexpr int kBadConfiguration = 2;  // as every start that fails

// "tls_cert" for "tls-cert" is what people write by habit.
std::string with_hyphens(std::string key) {
  std::ranges::replace(key, '_', '-');
  return key;
}

// Reads the file for CLI11 and remembers which key stands in which line.
class TomlOptions final : public CLI::Config {
 public:
  explicit TomlOptions(CLI::App& cli) : cli_(cli) {}

  // Nothing asks the daemons to write their configuration.
  std::string to_config(const CLI::App*, bool, bool, std::string) const override { return {}; }

  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
    try {
      return items(toml::parse(input));
    } catch (const toml::parse_error& error) {
      throw CLI::ConfigError(line_text(error.source()) + std::string(error.description()));
    }
  }

  // The line of the key whose option the message is about, if it is about one of the file.
  std::optional<int> line_of(std::string_view message) const {
    for (const auto& [key, line] : lines_) {
      const std::string option = "--" + key;
      const auto at = message.find(option);
      if (at == std::string_view::npos) continue;
      const auto next = message.substr(at + option.size(), 1);
      const bool whole = next.empty() || std::string_view(":= ,").find(next) != next.npos;
      if (whole && !on_command_line(option)) return line;
    }
    return std::nullopt;
  }

  void note_arguments(int argc, const char* const* argv) { arguments_.assign(argv, argv + argc); }

 private:
  static std::string line_text(const toml::source_region& source) {
    return "line " + std::to_string(source.begin.line) + ": ";
  }

  std::vector<CLI::ConfigItem> items(const toml::table& table) const {
    std::vector<CLI::ConfigItem> found;
    for (const auto& [name, node] : table) {
      const std::string key(name);
      check_key(key, node);
      lines_[key] = static_cast<int>(node.source().begin.line);
      found.push_back({{}, key, texts_of(key, node)});
    }
    return found;
  }

  void check_key(const std::string& key, const toml::node& node) const {
    const auto known = [&](const std::string& name) {
      return name != "config" && name != "help" && cli_.get_option_no_throw("--" + name) != nullptr;
    };
    if (known(key)) return;
    const std::string meant = with_hyphens(key);
    throw CLI::ConfigError(line_text(node.source()) + "there is no key \"" + key + "\"" +
                           (known(meant) ? "; \"" + meant + "\" is meant?" : ""));
  }

  // A list is for an option that may be given several times.
  std::vector<std::string> texts_of(const std::string& key, const toml::node& node) const {
    const toml::array* list = node.as_array();
    if (list == nullptr) return {text_of(key, node)};
    if (cli_.get_option("--" + key)->get_items_expected_max() <= 1)
      throw CLI::ConfigError(line_text(node.source()) + key + ": takes one value, not a list");
    if (list->empty()) throw CLI::ConfigError(line_text(node.source()) + key + ": an empty list");
    std::vector<std::string> out;
    for (const toml::node& one : *list) out.push_back(text_of(key, one));
    return out;
  }

  static std::string text_of(const std::string& key, const toml::node& node) {
    if (const auto text = node.value_exact<std::string>()) return *text;
    if (const auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
    throw CLI::ConfigError(line_text(node.source()) + key + ": a text or a whole number is needed");
  }

  bool on_command_line(const std::string& option) const {
    return std::ranges::any_of(arguments_, [&](const std::string& argument) {
      return argument == option || argument.starts_with(option + "=");
    });
  }

  CLI::App& cli_;
  std::vector<std::string> arguments_;
  // CLI11 reads a file through a const method.
  mutable std::map<std::string, int> lines_;
};

}  // namespace

void add_config_option(CLI::App& cli) {
  cli.set_config("--config", "", "TOML file with these options");
  cli.config_formatter(std::make_shared<TomlOptions>(cli));
}

std::optional<int> read_options(CLI::App& cli, int argc, const char* const* argv) {
  auto& file = dynamic_cast<TomlOptions&>(*cli.get_config_formatter());
  file.note_arguments(argc, argv);
  try {
    cli.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ConfigError& error) {
    std::cerr << cli.get_config_ptr()->as<std::string>() << ": " << error.what() << "\n";
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return cli.exit(error);  // --help
    if (const auto line = file.line_of(error.what()))
      std::cerr << cli.get_config_ptr()->as<std::string>() << ": line " << *line << ": ";
    std::cerr << error.what() << "\n";
  }
  return kBadConfiguration;
}

}  // namespace opora::app
