// Writes the dashboard memlock.json: npm install && npm run generate
import * as common from "@grafana/grafana-foundation-sdk/common";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as Stat } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as Timeline } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as Lines } from "@grafana/grafana-foundation-sdk/timeseries";

const source = { type: "prometheus", uid: "$datasource" };
const fleet = 'job=~"$job"';
const one = 'job=~"$job", instance="$instance"';

const query = (expr, legend, refId = "A") =>
  new DataqueryBuilder().datasource(source).refId(refId).expr(expr).legendFormat(legend);

// What alarms is red from that value on.
const redFrom = (value) =>
  new dashboard.ThresholdsConfigBuilder()
    .mode(dashboard.ThresholdsMode.Absolute)
    .steps([
      { value: null, color: "green" },
      { value, color: "red" },
    ]);

const greenAt = (value) =>
  new dashboard.ThresholdsConfigBuilder()
    .mode(dashboard.ThresholdsMode.Absolute)
    .steps([
      { value: null, color: "red" },
      { value, color: "green" },
    ]);

const stat = (title, description, unit, expr, thresholds) =>
  new Stat()
    .title(title)
    .description(description)
    .datasource(source)
    .unit(unit)
    .height(4)
    .span(6)
    .thresholds(thresholds)
    .withTarget(query(expr, "").instant());

const lines = (title, description, unit, span) =>
  new Lines().title(title).description(description).datasource(source).unit(unit).min(0).height(8).span(span);

const stacked = (title, description, metric) =>
  lines(title, description, "bytes", 8)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal))
    .fillOpacity(30)
    .withTarget(query(`${metric}{${one}}`, "{{region}}"));

// The numbers are those of the attribute StateCode.
const stateCode = (selector) =>
  ["LOCKED", "PARTIAL", "FAILED", "UNKNOWN", "UNLOCKED"]
    .map((state, code) => `${code} * (memlock_state{${selector}, state="${state}"} == 1)`)
    .map((term) => `max by (job, instance) (${term})`)
    .join(" or ");

const states = [
  {
    type: "value",
    options: {
      0: { text: "LOCKED", color: "green" },
      1: { text: "PARTIAL", color: "orange" },
      2: { text: "FAILED", color: "red" },
      3: { text: "UNKNOWN", color: "purple" },
      4: { text: "UNLOCKED", color: "blue" },
    },
  },
];

const timeline = (title, description, selector, height) =>
  new Timeline()
    .title(title)
    .description(description)
    .datasource(source)
    .mappings(states)
    .mergeValues(true)
    .height(height)
    .span(24)
    .withTarget(query(stateCode(selector), "{{instance}}"));

const variable = (name, label, expr) =>
  new dashboard.QueryVariableBuilder(name)
    .label(label)
    .datasource(source)
    .query(expr)
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged);

const board = new dashboard.DashboardBuilder("memlock-agent")
  .uid("memlock-agent")
  .description("What of the memory of JVMs is locked in RAM. Metrics: packaging/monitoring/jmx-exporter/memlock.yml")
  .tags(["jvm", "memlock"])
  .time({ from: "now-1h", to: "now" })
  .refresh("30s")
  .withVariable(new dashboard.DatasourceVariableBuilder("datasource").label("Prometheus").type("prometheus"))
  .withVariable(variable("job", "Job", "label_values(memlock_state, job)").multi(true).includeAll(true).allValue(".*"))
  .withVariable(variable("instance", "JVM", 'label_values(memlock_state{job=~"$job"}, instance)'))
  .withRow(new dashboard.RowBuilder("All JVMs"))
  .withPanel(
    stat(
      "Locked, of those that tell",
      "The share of JVMs in the state LOCKED, among those that publish a selection. A JVM whose agent publishes nothing is not counted: see the alert MemlockNotPublished",
      "percentunit",
      `sum(memlock_state{${fleet}, state="LOCKED"}) / sum(memlock_state{${fleet}, state!="UNLOCKED"})`,
      greenAt(1),
    ),
  )
  .withPanel(
    stat(
      "Worst coverage",
      "Locked bytes divided by resident bytes of what is selected, in the JVM with the lowest value",
      "percentunit",
      `min(memlock_coverage_ratio{${fleet}})`,
      greenAt(1),
    ),
  )
  .withPanel(
    stat(
      "In swap, of what is selected",
      "Bytes in swap of the regions that should be locked, of all JVMs",
      "bytes",
      `sum(memlock_memory_swapped_bytes{${fleet}} * memlock_region_selected{${fleet}})`,
      redFrom(1),
    ),
  )
  .withPanel(
    stat(
      "Major faults a second",
      "Page faults that read from disk, of all JVMs",
      "short",
      `sum(rate(process_major_page_faults_total{${fleet}}[$__rate_interval]))`,
      redFrom(1),
    ),
  )
  .withPanel(
    lines("JVMs by state", "How many JVMs are in each state", "short", 12)
      .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal))
      .fillOpacity(30)
      .withTarget(query(`sum by (state) (memlock_state{${fleet}})`, "{{state}}")),
  )
  .withPanel(
    lines("The ten JVMs with most major faults", "Page faults that read from disk, a second", "short", 12).withTarget(
      query(`topk(10, rate(process_major_page_faults_total{${fleet}}[$__rate_interval]))`, "{{instance}}"),
    ),
  )
  .withPanel(timeline("State of each JVM", "The attribute State, over time", fleet, 8))
  .withRow(new dashboard.RowBuilder("One JVM: $instance"))
  .withPanel(timeline("State", "The attribute State, over time", one, 4))
  .withPanel(
    stacked("Locked, by region", "Bytes in RAM and locked, at the last scan", "memlock_memory_locked_bytes"),
  )
  .withPanel(stacked("Resident, by region", "Bytes in RAM, at the last scan", "memlock_memory_resident_bytes"))
  .withPanel(stacked("In swap, by region", "Bytes in swap, at the last scan", "memlock_memory_swapped_bytes"))
  .withPanel(
    lines("Major faults and pauses", "Pauses in which pages were read from disk rise together with faults", "short", 12)
      .withTarget(query(`rate(process_major_page_faults_total{${one}}[$__rate_interval])`, "major faults a second"))
      .withTarget(
        query(
          `sum(rate(jvm_gc_collection_seconds_sum{${one}}[$__rate_interval]))`,
          "seconds of collection a second",
          "B",
        ),
      )
      .overrideByName("seconds of collection a second", [
        { id: "unit", value: "percentunit" },
        { id: "custom.axisPlacement", value: "right" },
      ]),
  )
  .withPanel(
    lines(
      "Relocks and failures",
      "Mappings that had to be locked, and looks and requests after which the lock was not as it should be",
      "short",
      12,
    )
      .withTarget(query(`rate(memlock_relocks_total{${one}}[$__rate_interval])`, "relocks a second"))
      .withTarget(query(`rate(memlock_failures_total{${one}}[$__rate_interval])`, "failures a second", "B")),
  )
  .withPanel(
    lines("Charged", "Bytes of locked mappings, which count against the limit", "bytes", 12).withTarget(
      query(`memlock_charged_bytes{${one}}`, "charged"),
    ),
  )
  .withPanel(
    lines("Age of the verification", "Seconds since the state was last verified", "s", 12).withTarget(
      query(`memlock_verified_age_seconds{${one}}`, "age"),
    ),
  );

console.log(JSON.stringify(board.build(), null, 2));
