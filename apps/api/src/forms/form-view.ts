import type { FormDetail, FormLine } from '#archive';
import type { FormSummary, FormTemplateView, FormView } from '#contract';
import type { FormTemplate } from '#domain';

export function toTemplate({ id, version, title, numbering, fields, source }: FormTemplate): FormTemplateView {
  return {
    ...{ id, version, title, isNumbered: numbering !== null, source },
    fields: fields.map((field) => ({
      ...{ id: field.id, title: field.title, kind: field.kind, required: field.required },
      ...{ isFilled: field.from !== null, compared: field.compared, choices: [...field.choices] },
    })),
  };
}

export function toFormSummary({ form, template, madeBy, comparisons }: FormLine): FormSummary {
  const [newest] = comparisons;
  return {
    ...{ id: form.id, caseId: form.caseId, occurrenceId: form.occurrenceId, paperId: form.paperId },
    ...{ templateId: form.templateId, title: template.title, state: form.state, number: form.number, madeBy },
    ...{ changedAt: form.changedAt.toISOString(), issuedAt: form.issuedAt?.toISOString() ?? null },
    print: form.printState,
    assetId: form.printState === 'printed' ? form.assetId : null,
    compared: newest === undefined ? 'none' : newest.agrees ? 'agrees' : 'differs',
  };
}

export function toForm(detail: FormDetail): FormView {
  const { form, template, comparisons, names, fileNames, mayEdit } = detail;
  return {
    ...toFormSummary(detail),
    ...{ template: toTemplate(template), revision: form.revision, values: { ...form.values }, mayEdit },
    comparisons: comparisons.map(({ id, assetId, how, by, at, agrees, fields }) => ({
      ...{ id, assetId, fileName: fileNames.get(assetId) ?? '', how, by: names.get(by) ?? '', at: at.toISOString() },
      ...{ agrees, fields: [...fields] },
    })),
  };
}
