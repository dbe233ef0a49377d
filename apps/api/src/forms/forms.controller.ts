import { Controller, Inject } from '@nestjs/common';
import type { z } from 'zod';
import type { Archive } from '#archive';
import {
  type AgencyWordList,
  agencyWordListSchema,
  type CompareForm,
  compareFormSchema,
  type DraftForm,
  draftFormSchema,
  type FormView,
  formListSchema,
  formSchema,
  formTemplateListSchema,
  formTemplateQuerySchema,
  type IssueForm,
  issueFormSchema,
  type SaveForm,
  saveFormSchema,
  setAgencyWordSchema,
  voidFormSchema,
} from '#contract';
import type { Actor } from '#domain';
import { Body, By, Endpoint, IdParam, Query } from '../http/endpoint.js';
import { ARCHIVE } from '../http/http-config.js';
import { toForm, toFormSummary, toTemplate } from './form-view.js';

/** Papers made by form: filled in, numbered, printed, compared with what was signed. */
@Controller()
export class FormsController {
  constructor(@Inject(ARCHIVE) private readonly archive: Archive) {}

  @Endpoint({
    method: 'GET',
    path: 'cases/:id/form-templates',
    summary: '可用的文书格式 Templates for a paper of a step',
    query: formTemplateQuerySchema,
    response: formTemplateListSchema,
  })
  async templates(
    @By() actor: Actor,
    @IdParam('id') caseId: string,
    @Query() paper: z.infer<typeof formTemplateQuerySchema>,
  ): Promise<z.infer<typeof formTemplateListSchema>> {
    return { items: (await this.archive.forms.view.templates(actor, caseId, paper)).map(toTemplate) };
  }

  @Endpoint({
    method: 'GET',
    path: 'cases/:id/forms',
    summary: '案件的电子文书 Forms of a case',
    response: formListSchema,
  })
  async list(@By() actor: Actor, @IdParam('id') caseId: string): Promise<z.infer<typeof formListSchema>> {
    return { items: (await this.archive.forms.view.ofCase(actor, caseId)).map(toFormSummary) };
  }

  @Endpoint({
    method: 'POST',
    path: 'cases/:id/forms',
    summary: '制作文书 Begin a form, filled from the case',
    body: draftFormSchema,
    response: formSchema,
    status: 201,
  })
  async draft(@By() actor: Actor, @IdParam('id') caseId: string, @Body() wish: DraftForm): Promise<FormView> {
    return await this.#view(actor, await this.archive.forms.draft.run(actor, caseId, wish));
  }

  @Endpoint({ method: 'GET', path: 'forms/:id', summary: '电子文书 A form', response: formSchema })
  async view(@By() actor: Actor, @IdParam('id') id: string): Promise<FormView> {
    return await this.#view(actor, id);
  }

  @Endpoint({
    method: 'PUT',
    path: 'forms/:id',
    summary: '保存文书 Keep what was written into a form',
    body: saveFormSchema,
    response: formSchema,
  })
  async save(@By() actor: Actor, @IdParam('id') id: string, @Body() saved: SaveForm): Promise<FormView> {
    await this.archive.forms.save.run(actor, id, saved);
    return await this.#view(actor, id);
  }

  @Endpoint({
    method: 'POST',
    path: 'forms/:id/issue',
    summary: '出具文书 Number a form, fix it and print it',
    body: issueFormSchema,
    response: formSchema,
    status: 202,
  })
  async issue(@By() actor: Actor, @IdParam('id') id: string, @Body() wish: IssueForm): Promise<FormView> {
    await this.archive.forms.issue.run(actor, id, wish);
    return await this.#view(actor, id);
  }

  @Endpoint({
    method: 'POST',
    path: 'forms/:id/print',
    summary: '重新打印 Ask once more for a print that failed',
    response: formSchema,
    status: 202,
  })
  async print(@By() actor: Actor, @IdParam('id') id: string): Promise<FormView> {
    await this.archive.forms.askPrint.run(actor, id);
    return await this.#view(actor, id);
  }

  @Endpoint({
    method: 'POST',
    path: 'forms/:id/void',
    summary: '作废文书 Make a form void; its number stays its own',
    body: voidFormSchema,
    response: formSchema,
  })
  async void(
    @By() actor: Actor,
    @IdParam('id') id: string,
    @Body() wish: z.infer<typeof voidFormSchema>,
  ): Promise<FormView> {
    await this.archive.forms.void.run(actor, id, wish);
    return await this.#view(actor, id);
  }

  @Endpoint({
    method: 'POST',
    path: 'forms/:id/comparisons',
    summary: '纸质与电子比对 Hold a paper copy against its form',
    body: compareFormSchema,
    response: formSchema,
    status: 201,
  })
  async compare(@By() actor: Actor, @IdParam('id') id: string, @Body() wish: CompareForm): Promise<FormView> {
    await this.archive.forms.compare.run(actor, id, wish);
    return await this.#view(actor, id);
  }

  @Endpoint({
    method: 'GET',
    path: 'agency-words',
    summary: '机关代字 Words before the numbers of papers',
    response: agencyWordListSchema,
  })
  async words(): Promise<AgencyWordList> {
    return { items: await this.archive.forms.agencyWords.list() };
  }

  @Endpoint({
    method: 'PUT',
    path: 'agency-words/:id',
    summary: '设定机关代字 Set the word of a unit',
    body: setAgencyWordSchema,
    response: agencyWordListSchema,
  })
  async setWord(
    @By() actor: Actor,
    @IdParam('id') unitId: string,
    @Body() { word }: z.infer<typeof setAgencyWordSchema>,
  ): Promise<AgencyWordList> {
    await this.archive.forms.agencyWords.set(actor, unitId, word);
    return await this.words();
  }

  async #view(actor: Actor, id: string): Promise<FormView> {
    return toForm(await this.archive.forms.view.run(actor, id));
  }
}
