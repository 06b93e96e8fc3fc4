# Completion for memlock(1): commands, options, PIDs of JVMs, and the agent's key=value.

_memlock() {
  local -A options=() words=() values=() lists=()
# TABLES: options and words of each command, values of each key, and the regions for keys that take a list.

  # Readline splits at = and :, which are inside of our words.
  local line=${COMP_LINE:0:COMP_POINT}
  local current=${line##*[[:space:]]} command='' word
  for word in ${line%"$current"}; do
    if [[ -n ${options[$word]-} ]]; then
      command=$word
      break
    fi
  done

  local candidates=() are_files=
  compopt -o nospace
  if [[ -z $command ]]; then
    candidates=("${!options[@]}" --help --version)
  elif [[ $current == -*=* || $current =~ (^|,)config=[^,]*$ ]]; then
    if [[ $current != -* || $current == --jar=* ]]; then
      local start=${current%"${current##*=}"}
      mapfile -t candidates < <(compgen -f -- "${current#"$start"}")
      candidates=("${candidates[@]/#/$start}")
      are_files=1
      compopt -o filenames +o nospace
    fi
  elif [[ $current == -* ]]; then
    candidates=(${options[$command]})
  else
    case ${words[$command]} in
      *PID*) [[ $current == *[=,]* ]] || candidates+=($(_memlock_pids)) ;;
      COMMAND) candidates=("${!options[@]}") ;;
    esac
    case ${words[$command]} in
      *key=value*) _memlock_key_value ;;
    esac
  fi

  # Readline puts a candidate in place of what stands behind the last of its separators.
  local kept=$current
  while [[ -n $kept && ! ($kept == *[=:] && $COMP_WORDBREAKS == *"${kept: -1}"*) ]]; do
    kept=${kept%?}
  done
  local candidate
  COMPREPLY=()
  for candidate in "${candidates[@]}"; do
    if [[ $candidate == "$current"* ]]; then
      COMPREPLY+=("${candidate#"$kept"}")
    fi
  done
  if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} != *= && -z $are_files ]]; then
    COMPREPLY[0]+=' '
  fi
}

# Adds the keys, or the values of the key that is being typed: mode=heap+co, or mode=all,pre.
_memlock_key_value() {
  local before='' last=$current key value
  if [[ $current == *,* ]]; then
    before=${current%,*},
    last=${current##*,}
  fi
  if [[ $last == *=* ]]; then
    key=${last%%=*}
    value=${last#*=}
    before+=$key=
    if [[ $value == *+* && -n ${lists[$key]-} ]]; then
      before+=${value%+*}+
      values[$key]=${lists[$key]}
    fi
    for word in ${values[$key]-}; do
      candidates+=("$before$word")
    done
  else
    for key in "${!values[@]}"; do
      [[ ,$line == *[,[:space:]]$key=* ]] || candidates+=("$before$key=")
    done
  fi
}

# Prints the PIDs of JVMs that this user may look at: those that run java, and those with performance counters in /tmp.
_memlock_pids() {
  {
    find /proc/[0-9]* -maxdepth 1 -name exe -lname '*/java' -printf '%h\n'
    find /tmp/hsperfdata_* -maxdepth 1 -name '[0-9]*' -printf '/proc/%f\n'
  } 2>/dev/null | while read -r process; do
    [[ -r $process/exe ]] && echo "${process#/proc/}"
  done | sort -nu
}

complete -F _memlock memlock
